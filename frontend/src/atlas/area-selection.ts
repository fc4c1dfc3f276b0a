import { sentence } from '../shared/api';
import type { AtlasApi } from './atlas-api';
import type { CameraId } from './contract';
import type { Filters } from './filters';
import { HintBar } from './hint-bar';
import type { PointList } from './point-list';
import { areaText, parseArea, type Shape } from './shapes';

interface Callbacks {
  /** The areas to be drawn. */
  shapes(shapes: readonly Shape[]): void;
  /** The buffer of the line that is being drawn. */
  width(metres: number): void;
  /** Points have come onto the list. */
  added(): void;
}

/** An area that was drawn: its points go on the list, by another radius or buffer if wished, or the map shows only them. */
export class AreaSelection {
  readonly hint: HintBar;
  private drawn: Shape | null = null;
  private added: readonly CameraId[] = [];

  constructor(
    private readonly api: AtlasApi,
    private readonly filters: Filters,
    private readonly chosen: PointList,
    private readonly callbacks: Callbacks,
  ) {
    this.hint = new HintBar({
      width: (metres) => callbacks.width(metres),
      reach: (metres) => void this.reach(metres),
      undo: () => this.undo(),
      filter: () => this.filter(),
      close: () => this.drop(),
    });
    filters.onChange(() => this.show());
  }

  /** Puts what the area holds, under the filters, on the list. */
  async choose(shape: Shape): Promise<void> {
    this.drawn = shape;
    this.added = [];
    this.show();
    try {
      const { total, ids } = await this.api.select({ ...this.filters.query, area: [areaText(shape)] });
      // Another was drawn meanwhile.
      if (this.drawn === shape) this.take(shape, total, ids);
    } catch (failure) {
      if (this.drawn === shape) this.hint.showResult(shape, sentence(failure), 0);
    }
  }

  /** No area but the one that filters. */
  drop(): void {
    this.drawn = null;
    this.added = [];
    this.hint.hide();
    this.show();
  }

  show(): void {
    const filtering = this.filters.get('area').map(parseArea);
    this.callbacks.shapes([...filtering, this.drawn].filter((shape) => shape !== null));
  }

  private take(shape: Shape, total: number, ids: readonly CameraId[]): void {
    const fresh = ids.filter((id) => !this.chosen.has(id));
    const added = this.chosen.add(fresh);
    if (added === null) {
      this.hint.showResult(shape, `范围内有 ${total} 个点位，加入后超过一份清单的上限 ${this.chosen.most} 个。`, 0);
      return;
    }
    this.added = fresh;
    this.hint.showResult(shape, addedSentence(total, added), added);
    if (added > 0) this.callbacks.added();
  }

  private async reach(metres: number): Promise<void> {
    const { drawn } = this;
    if (drawn?.kind !== 'circle' && drawn?.kind !== 'line') return;
    this.chosen.remove(this.added);
    await this.choose({ ...drawn, metres });
  }

  private undo(): void {
    this.chosen.remove(this.added);
    this.drop();
  }

  private filter(): void {
    const { drawn } = this;
    this.drop();
    if (drawn) this.filters.set('area', [areaText(drawn)]);
  }
}

/** What came of adding some of `total` points. */
export function addedSentence(total: number, added: number): string {
  if (total === 0) return '所选范围内没有点位。';
  const known = total - added;
  return `已加入 ${added} 个点位${known > 0 ? `，另有 ${known} 个已在清单中` : ''}。`;
}
