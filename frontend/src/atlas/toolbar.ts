import { element, icon } from '../shared/element';
import type { Tool } from './area-tool';
import { SHARING, type Sharing, type Status } from './contract';
import { drawPoint } from './symbols';

const TOOLS: { tool: Tool; icon: string; label: string; title: string }[] = [
  { tool: 'box', icon: 'marquee-2', label: '框选', title: '拖出一个框，把框内点位加入清单（也可按住 Shift 拖动）' },
  { tool: 'polygon', icon: 'polygon', label: '多边形', title: '依次点出各角，双击或回车结束，Esc 取消' },
];

/** The buttons over the map: draw an area, see all. */
export class Toolbar {
  readonly node: HTMLElement;
  readonly total = element('span', { class: 'atlas-total', role: 'status' });
  private readonly buttons: Map<Tool, HTMLButtonElement>;

  constructor(choose: (tool: Tool | null) => void, fit: () => void) {
    this.buttons = new Map(
      TOOLS.map(({ tool, icon: name, label, title }) => {
        const button = element('button', { type: 'button', class: 'btn btn-sm', title, 'aria-pressed': 'false', disabled: true }, icon(name), label);
        button.addEventListener('click', () => choose(button.getAttribute('aria-pressed') === 'true' ? null : tool));
        return [tool, button];
      }),
    );
    const all = element('button', { type: 'button', class: 'btn btn-sm', title: '显示全部筛选结果', disabled: true }, icon('focus-2'), '全部');
    all.addEventListener('click', fit);
    this.node = element('div', { class: 'atlas-toolbar' }, this.total, ...this.buttons.values(), all);
  }

  /** The tools work once the map is drawn. */
  enable(): void {
    for (const button of this.node.querySelectorAll('button')) button.disabled = false;
  }

  show(tool: Tool | null): void {
    for (const [name, button] of this.buttons) button.setAttribute('aria-pressed', String(name === tool));
  }
}

// The filling tells the status, whatever the colour.
const NEUTRAL = '#66717d';

function sample(sharing: Sharing, status: Status, colour?: string): HTMLCanvasElement {
  const image = drawPoint(sharing, status, colour);
  const canvas = element('canvas', { width: image.width, height: image.height, 'aria-hidden': 'true' });
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return canvas;
}

/** What colours, shapes and fillings mean. */
export function legend(): HTMLElement {
  const levels = (Object.keys(SHARING) as Sharing[]).map((level) => element('span', {}, sample(level, 'online'), SHARING[level].label));
  return element(
    'div',
    { class: 'atlas-legend' },
    ...levels,
    element('span', {}, sample('unconditional', 'online', NEUTRAL), '在线'),
    element('span', {}, sample('unconditional', 'offline', NEUTRAL), '离线'),
    element('span', {}, sample('unconditional', 'unknown', NEUTRAL), '未知'),
  );
}
