import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { iconSprite } from './build/icon-sprite.ts';

const here = import.meta.dirname;

export default defineConfig({
  base: '/static/built/',
  publicDir: false,
  plugins: [iconSprite(resolve(here, 'icons.txt'))],
  build: {
    outDir: resolve(here, '../src/gongshi/config/static/built'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    // MapLibre alone is about 1 MB and is loaded by one page only.
    chunkSizeWarningLimit: 1200,
    // Browsers in use know modulepreload; the polyfill would be one more script on every page.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['src/main.ts', 'src/map.ts', 'src/player.ts'].map((entry) => resolve(here, entry)),
      // htmx contains an eval that `allowEval: false` and our content security policy both keep from running.
      checks: { eval: false },
    },
  },
});
