import { element, icon } from '../shared/element';
import type { Tool } from './area-tool';
import { LEVELS, SHARING, type Sharing, type Status } from './contract';
import { drawPoint } from './symbols';

const TOOLS: { tool: Tool; icon: string; label: string; title: string }[] = [
  { tool: 'pick', icon: 'pointer', label: '点选', title: '点一个点位即加入或移出清单（也可按住 Ctrl 点）' },
  { tool: 'box', icon: 'marquee-2', label: '框选', title: '拖出一个框，把框内点位加入清单（也可按住 Shift 拖动）' },
  { tool: 'polygon', icon: 'polygon', label: '多边形', title: '依次点出各角，把范围内点位加入清单' },
  { tool: 'line', icon: 'route', label: '沿线', title: '沿道路或河流点出一条线，把两侧的点位加入清单' },
  { tool: 'circle', icon: 'circle', label: '圆形', title: '从圆心拖出一个圆，把圆内点位加入清单' },
];

/** The buttons over the map: how many there are, ways of choosing, see all. */
export class Toolbar {
  readonly node: HTMLElement;
  readonly total = element('span', { class: 'atlas-total', role: 'status' });
  private readonly buttons: Map<Tool, HTMLButtonElement>;

  constructor(choose: (tool: Tool | null) => void, codes: () => void, fit: () => void) {
    this.buttons = new Map(
      TOOLS.map(({ tool, icon: name, label, title }) => {
        const button = element('button', { type: 'button', class: 'btn btn-sm', title, 'aria-pressed': 'false', disabled: true }, icon(name), element('span', {}, label));
        button.addEventListener('click', () => choose(button.getAttribute('aria-pressed') === 'true' ? null : tool));
        return [tool, button];
      }),
    );
    const paste = element('button', { type: 'button', class: 'btn btn-sm', title: '粘贴或上传视频编号，把这些点位加入清单' }, icon('clipboard-list'), element('span', {}, '编号'));
    paste.addEventListener('click', codes);
    const all = element('button', { type: 'button', class: 'btn btn-sm', title: '显示全部筛选结果', disabled: true }, icon('focus-2'), element('span', {}, '全部'));
    all.addEventListener('click', fit);
    this.node = element('div', { class: 'atlas-toolbar', role: 'toolbar', 'aria-label': '选取点位' }, this.total, ...this.buttons.values(), paste, all);
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
  const canvas = drawPoint(sharing, status, colour);
  canvas.setAttribute('aria-hidden', 'true');
  return canvas;
}

/** What colours, shapes and fillings mean. */
export function legend(): HTMLElement {
  return element(
    'div',
    { class: 'atlas-legend' },
    ...LEVELS.map((level) => element('span', {}, sample(level, 'online'), SHARING[level].label)),
    element('span', {}, sample('unconditional', 'online', NEUTRAL), '在线'),
    element('span', {}, sample('unconditional', 'offline', NEUTRAL), '离线'),
    element('span', {}, sample('unconditional', 'unknown', NEUTRAL), '未知'),
  );
}
