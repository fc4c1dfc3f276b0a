import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

const ICONS = resolve(import.meta.dirname, '../node_modules/@tabler/icons/icons/outline');
const BOUNDING_BOX = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />';

/** One Tabler outline icon as a `<symbol>`; throws when Tabler has no icon of that name. */
function symbol(name: string): string {
  const svg = readFileSync(resolve(ICONS, `${name}.svg`), 'utf8');
  const shapes = svg
    .slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'))
    .replace(BOUNDING_BOX, '')
    .replace(/\s*\n\s*/g, '');
  return (
    `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
    `stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`
  );
}

function sprite(listFile: string): string {
  const names = readFileSync(listFile, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${names.map(symbol).join('\n')}\n</svg>\n`;
}

/** Emits `icons.svg` without a hash, so that templates may name `icons.svg#map`. */
export function iconSprite(listFile: string): Plugin {
  return {
    name: 'icon-sprite',
    configureServer(server) {
      server.middlewares.use('/static/built/icons.svg', (_request, response) => {
        response.setHeader('Content-Type', 'image/svg+xml');
        response.end(sprite(listFile));
      });
    },
    buildStart() {
      this.addWatchFile(listFile);
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'icons.svg', source: sprite(listFile) });
    },
  };
}
