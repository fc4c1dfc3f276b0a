import { sentence } from '../shared/api';
import { element, required } from '../shared/element';
import { toast } from '../shared/toast';
import { parsePlace, writeAddress, type Place } from './address';
import { AreaSelection, addedSentence } from './area-selection';
import type { AtlasApi } from './atlas-api';
import { CardPanel } from './camera-card';
import { Chips } from './chips';
import { CodesDialog } from './codes-dialog';
import type { Box, CameraCard, CameraId, Row, Setup, ViewPoint, ViewportAnswer } from './contract';
import { unpack } from './contract';
import { CrowdPanel } from './crowd-panel';
import { drawingOf } from './drawing';
import { FilterPanel } from './filter-panel';
import type { Filters } from './filters';
import { foldButtons } from './fold-panels';
import { ListDrawer } from './list-drawer';
import { MapStage } from './map-stage';
import type { Position } from './mercator';
import { PointList } from './point-list';
import { Results } from './results';
import { SetLoader } from './set-loader';
import { SidePanel } from './side-panel';
import { tilesOf } from './tiles';
import { legend, Toolbar } from './toolbar';

const RESULTS = 'points';
const LIST = 'list';
const MOST_OF_A_SPOT = 200;

/** The page: filters, map, list and card, which all show the same set. */
export class AtlasPage {
  private readonly panel: FilterPanel;
  private readonly chips: Chips;
  private readonly chosen: PointList;
  private readonly card: CardPanel;
  private readonly crowd: CrowdPanel;
  private readonly results: Results;
  private readonly side: SidePanel;
  private readonly toolbar: Toolbar;
  private readonly area: AreaSelection;
  private readonly loader: SetLoader;
  private readonly canvas = element('div', { class: 'atlas-map' });
  private readonly scene: HTMLElement;
  private readonly place: Place;
  private stage: MapStage | null = null;
  private extent: Box | null = null;
  private shownQuery = '';

  constructor(
    private readonly atlas: HTMLElement,
    private readonly api: AtlasApi,
    private readonly filters: Filters,
    private readonly setup: Setup,
  ) {
    this.place = parsePlace(new URLSearchParams(window.location.search));
    this.panel = new FilterPanel(required<HTMLFormElement>(atlas, '#atlas-filters'), filters);
    this.chips = new Chips(filters);
    this.chosen = new PointList(window.sessionStorage, setup.limits.points_of_a_list);
    const add = (ids: readonly CameraId[]): void => this.add(ids);
    const open = (id: CameraId): void => this.open(id);
    this.card = new CardPanel(api, this.chosen, {
      shown: (card) => this.cardShown(card),
      closed: () => this.cardClosed(),
      add: (id) => this.addQuietly([id]),
    });
    this.crowd = new CrowdPanel(this.chosen, { opened: open, add, closed: () => this.stage?.closeFan() });
    this.results = new Results(this.chosen, { opened: ({ id }) => open(id), toggle: (id) => this.pick(id), add, addAll: () => void this.addAll() });
    const list = new ListDrawer(api, setup, this.chosen, open);
    this.side = new SidePanel(
      [
        { key: RESULTS, label: '点位', content: this.results.node },
        { key: LIST, label: '清单', content: list.node },
      ],
      [this.crowd.node, this.card.node],
      () => this.tabChanged(),
    );
    const codes = new CodesDialog(api, (ids) => this.addCodes(ids));
    this.toolbar = new Toolbar(
      (tool) => this.stage?.chooseTool(tool),
      () => codes.open(),
      () => this.fit(),
    );
    this.area = new AreaSelection(api, filters, this.chosen, {
      shapes: (shapes) => this.stage?.showShapes(shapes),
      width: (metres) => this.stage?.setWidth(metres),
      added: () => this.side.choose(LIST),
    });
    this.loader = new SetLoader(api, filters, () => this.stage?.frame ?? null, {
      shown: (facets, rows, view) => {
        const query = JSON.stringify(this.filters.query);
        this.extent = facets.extent ?? null;
        this.panel.showFacets(facets.facets);
        this.toolbar.total.textContent = `共 ${facets.total.toLocaleString('zh-CN')} 个点位`;
        this.side.count(RESULTS, facets.total);
        this.results.show(rows, query !== this.shownQuery);
        this.shownQuery = query;
        if (view) this.draw(view);
      },
      moved: (view) => this.draw(view),
      state: (state) => {
        this.scene.dataset.state = state;
      },
      failed: (text) => toast(text, 'problem'),
    });
    this.scene = element(
      'div',
      { class: 'atlas-stage' },
      this.canvas,
      element('div', { class: 'atlas-over' }, this.toolbar.node, this.chips.node),
      ...foldButtons(atlas),
      this.area.hint.node,
      legend(),
    );
  }

  async start(): Promise<void> {
    this.panel.build(this.setup);
    this.chips.learn(this.setup);
    this.atlas.append(this.scene, this.side.node);
    if (this.place.tab) this.side.choose(this.place.tab);
    this.filters.onChange(() => {
      this.write();
      this.stage?.closeFan();
      this.crowd.close();
      this.loader.filtered();
    });
    this.chosen.onChange(() => this.listChanged());
    this.listChanged();
    const card = this.place.card;
    if (card !== null) void this.card.show(card);
    const set = this.loader.load();
    await this.drawMap();
    this.loader.moved();
    await set;
    // What was published while another window was in front.
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.loader.filtered();
    });
  }

  private async drawMap(): Promise<void> {
    try {
      const [borders, tiles] = await Promise.all([this.api.borders(), tilesOf(this.setup.basemap)]);
      this.stage = new MapStage(this.canvas, this.setup, borders, tiles, this.place.view, {
        opened: (id) => this.open(id),
        picked: ({ id }) => this.pick(id),
        escaped: () => this.crowd.close(),
        crowd: (points) => this.crowd.show(points, points.length),
        spot: (at) => void this.openSpot(at),
        moved: () => this.moved(),
        moving: () => this.loader.moving(),
        drawn: (shape) => void this.area.choose(shape),
        drawing: (shape) => this.area.hint.showProgress(shape),
        toolChanged: (tool) => this.toolChanged(tool),
        ready: () => this.toolbar.enable(),
      });
      this.area.show();
      this.listChanged();
    } catch {
      this.canvas.replaceChildren(noMap());
    }
  }

  private draw(view: ViewportAnswer): void {
    this.stage?.show(drawingOf(view, this.setup.basemap.crs));
    this.scene.dataset.drawn = 'yes';
  }

  private toolChanged(tool: Parameters<Toolbar['show']>[0]): void {
    this.toolbar.show(tool);
    if (tool) {
      this.area.drop();
      // Areas do not add up: the new one takes the old one's place.
      if (tool !== 'pick') this.filters.set('area', []);
    }
    this.area.hint.showTool(tool);
  }

  private moved(): void {
    this.place.view = this.stage?.view ?? null;
    this.write();
    this.loader.moved();
  }

  private open(id: CameraId): void {
    this.place.card = id;
    this.write();
    void this.card.show(id);
  }

  private cardShown({ lon, lat }: CameraCard): void {
    this.stage?.ring([lon, lat], true);
  }

  private cardClosed(): void {
    this.place.card = null;
    this.stage?.ring(null, false);
    this.write();
  }

  private tabChanged(): void {
    this.place.tab = this.side.chosen === RESULTS ? null : this.side.chosen;
    this.write();
  }

  private write(): void {
    writeAddress(this.filters.query, this.place);
  }

  private fit(): void {
    if (this.extent) this.stage?.fit(this.extent);
  }

  private listChanged(): void {
    this.side.count(LIST, this.chosen.size);
    this.stage?.showListed((id) => this.chosen.has(id));
  }

  /** The points of a spot that no zoom splits, fanned out and listed. */
  private async openSpot(at: Position): Promise<void> {
    const area = `circle:${at.map((degrees) => degrees.toFixed(6)).join(',')},1`;
    try {
      const answer = await this.api.rows({ ...this.filters.query, area: [area] }, 0, MOST_OF_A_SPOT);
      const points = unpack<Row>(answer).map((row): ViewPoint => ({ ...row, spot: 1 }));
      this.stage?.fanOut(at, points);
      this.crowd.show(points, answer.total);
    } catch (failure) {
      toast(sentence(failure), 'problem');
    }
  }

  private pick(id: CameraId): void {
    if (this.chosen.has(id)) this.chosen.remove([id]);
    else this.addQuietly([id]);
  }

  /** False, with a sentence, when the list would become too long. */
  private addQuietly(ids: readonly CameraId[]): number | null {
    const added = this.chosen.add(ids);
    if (added === null) toast(this.tooMany(ids.length), 'problem');
    return added;
  }

  private tooMany(count: number): string {
    return `这里有 ${count} 个点位，加入后超过一份清单的上限 ${this.chosen.most} 个。请分成几份清单。`;
  }

  private add(ids: readonly CameraId[]): void {
    const added = this.addQuietly(ids);
    if (added === null) return;
    toast(addedSentence(ids.length, added));
    if (added > 0) this.side.choose(LIST);
  }

  private addCodes(ids: readonly CameraId[]): string {
    const added = this.chosen.add(ids);
    if (added === null) return this.tooMany(ids.length);
    if (added > 0) this.side.choose(LIST);
    return addedSentence(ids.length, added);
  }

  private async addAll(): Promise<void> {
    try {
      this.add((await this.api.select(this.filters.query)).ids);
    } catch (failure) {
      toast(sentence(failure), 'problem');
    }
  }
}

function noMap(): HTMLElement {
  return element(
    'div',
    { class: 'empty' },
    element('b', {}, '地图没有显示出来'),
    element('p', {}, '浏览器没有开启 WebGL 或底图读取失败。右侧点位列表可以完成同样的操作：打开档案、加入清单、提交。'),
  );
}
