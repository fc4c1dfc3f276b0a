import { element } from '../shared/element';
import { LEVELS, SHARING, STATUS, type ViewPoint } from './contract';
import type { Hit } from './mark-layer';

function ofPoint({ name, sharing, status }: ViewPoint): [string, string] {
  return [name, `${SHARING[sharing].label} · ${STATUS[status]}`];
}

function linesOf(hit: Hit): [string, string] {
  if ('point' in hit) return ofPoint(hit.point);
  const { mark } = hit;
  if (mark.kind === 'points') {
    const [first] = mark.points as [ViewPoint];
    return mark.points.length > 1 ? [`此处有 ${mark.points.length} 个点位`, '点击展开'] : ofPoint(first);
  }
  const { cluster } = mark;
  const parts = LEVELS.filter((level) => cluster[level] > 0);
  return [
    `${cluster.count.toLocaleString('zh-CN')} 个点位`,
    parts.map((level) => `${SHARING[level].label} ${cluster[level].toLocaleString('zh-CN')}`).join(' · '),
  ];
}

/** What the pointer is over, in words beside it. */
export class HoverLabel {
  private readonly head = element('b');
  private readonly rest = element('span');
  readonly node = element('div', { class: 'atlas-hover', hidden: true, 'aria-hidden': 'true' }, this.head, this.rest);

  show(hit: Hit | undefined, width: number): void {
    this.node.hidden = !hit;
    if (!hit) return;
    [this.head.textContent, this.rest.textContent] = linesOf(hit);
    const { x, y } = hit.pixel;
    this.node.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px) translate(${x > width - 160 ? '-100%' : x < 160 ? '0' : '-50%'}, calc(-100% - 16px))`;
  }
}
