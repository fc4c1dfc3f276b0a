import { element, icon } from '../shared/element';
import { progress, type Tool } from './area-tool';
import { REACH, type Shape } from './shapes';

const HINTS: Record<Tool, string> = {
  pick: '点一个点位，加入或移出清单。Esc 结束。',
  box: '按住左键拖出一个框。Esc 取消。',
  circle: '从圆心按住左键向外拖。Esc 取消。',
  polygon: '依次点出各角，双击或回车结束，退格删去上一个角，Esc 取消。',
  line: '沿线依次点出各点，双击或回车结束，退格删去上一点，Esc 取消。',
};
const WIDTH_KEPT_MS = 500;

interface Callbacks {
  /** The buffer of the line to be drawn. */
  width(metres: number): void;
  /** Another buffer or radius for the area that was drawn. */
  reach(metres: number): void;
  undo(): void;
  filter(): void;
  close(): void;
}

/** At the foot of the map: how the tool in hand works, then what the drawn area holds and what can be done about it. */
export class HintBar {
  readonly node = element('div', { class: 'atlas-hint', hidden: true });
  private readonly progress = element('span', { class: 'soft' });
  private width = REACH.line.usual;

  constructor(private readonly callbacks: Callbacks) {}

  /** Instructions for a tool; null hides them. */
  showTool(tool: Tool | null): void {
    this.node.hidden = tool === null;
    if (!tool) return;
    this.progress.textContent = '';
    const width = tool === 'line' && this.metres('line', this.width, (metres) => this.setWidth(metres));
    this.node.replaceChildren(element('span', {}, HINTS[tool]), ...(width ? [width] : []), this.progress);
  }

  showProgress(shape: Shape | null): void {
    this.progress.textContent = progress(shape);
  }

  /** What came of an area. `undoable`: how many points it put on the list. */
  showResult(shape: Shape, sentence: string, undoable: number): void {
    const hasReach = shape.kind === 'circle' || shape.kind === 'line';
    const focused = this.node.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement;
    this.node.hidden = false;
    this.node.replaceChildren(
      element('span', { role: 'status' }, sentence),
      ...(hasReach ? [this.metres(shape.kind, shape.metres, (metres) => this.callbacks.reach(metres))] : []),
      ...(undoable > 0 ? [this.button('arrow-back-up', '撤销', () => this.callbacks.undo())] : []),
      this.button('filter', '只看范围内', () => this.callbacks.filter()),
      this.button('x', '收起', () => this.callbacks.close()),
    );
    if (focused) this.node.querySelector('input')?.focus();
  }

  hide(): void {
    this.node.hidden = true;
  }

  private setWidth(metres: number): void {
    this.width = metres;
    this.callbacks.width(metres);
  }

  private button(name: string, label: string, act: () => void): HTMLButtonElement {
    const button = element('button', { type: 'button', class: 'btn btn-sm' }, icon(name), label);
    button.addEventListener('click', act);
    return button;
  }

  private metres(kind: 'circle' | 'line', value: number, changed: (metres: number) => void): HTMLLabelElement {
    const { title, most } = REACH[kind];
    const input = element('input', { type: 'number', class: 'form-control form-control-sm', min: 1, max: most, step: 10, value: Math.round(value) });
    let timer = 0;
    input.addEventListener('input', () => {
      window.clearTimeout(timer);
      const metres = input.valueAsNumber;
      if (metres >= 1 && metres <= most) timer = window.setTimeout(() => changed(metres), WIDTH_KEPT_MS);
    });
    return element('label', { class: 'atlas-metres' }, title, input, '米');
  }
}
