import 'maplibre-gl/dist/maplibre-gl.css';
import './styles/atlas.css';
import { parseView, writeAddress, type View } from './atlas/address';
import { CardPanel } from './atlas/camera-card';
import type { CameraId, Point } from './atlas/contract';
import { onFilterChange, readFilters, showFacets, writeFilters } from './atlas/filters';
import { ListDrawer } from './atlas/list-drawer';
import { MapStage, type Borders } from './atlas/map-stage';
import { PointList } from './atlas/point-list';
import { loadPoints } from './atlas/points';
import { Results } from './atlas/results';
import { SidePanel } from './atlas/side-panel';
import { legend, Toolbar } from './atlas/toolbar';
import { getJson, sentence } from './shared/api';
import { element, required } from './shared/element';
import { toast } from './shared/toast';

const RESULTS_TAB = 0;
const LIST_TAB = 1;

function url(atlas: HTMLElement, name: string): string {
  const value = atlas.dataset[name];
  if (!value) throw new Error(`#atlas lacks data-${name}`);
  return value;
}

function start(atlas: HTMLElement): void {
  const form = required<HTMLFormElement>(atlas, '#atlas-filters');
  const address = new URLSearchParams(window.location.search);
  let view: View | null = parseView(address.get('view'));
  let points: Point[] = [];
  let stage: MapStage | null = null;

  const chosen = new PointList(window.sessionStorage);
  const card = new CardPanel(url(atlas, 'cameraUrl'), chosen, () => stage?.mark(null, false));
  const open = (id: CameraId): void => {
    void card.open(id);
    stage?.mark(points.find((point) => point.id === id) ?? null, true);
  };
  const addMany = (found: Point[]): void => {
    const added = chosen.add(found.map(({ id }) => id));
    const known = found.length - added;
    toast(found.length === 0 ? '所选范围内没有点位。' : `已加入 ${added} 个点位${known > 0 ? `，另有 ${known} 个已在清单中` : ''}。`);
    if (added > 0) side.choose(LIST_TAB);
  };
  const results = new Results(chosen, open, () => addMany(points));
  const list = new ListDrawer(chosen, url(atlas, 'summaryUrl'), url(atlas, 'listUrl'), open);
  const side = new SidePanel(
    [
      { label: '点位', content: results.node },
      { label: '清单', content: list.node },
    ],
    card.node,
  );
  const toolbar = new Toolbar(
    (tool) => stage?.chooseTool(tool),
    () => stage?.fit(),
  );
  const canvas = element('div', { class: 'atlas-map' });
  const scene = element('div', { class: 'atlas-stage' }, canvas, toolbar.node, legend());
  atlas.append(scene, side.node);

  let request = new AbortController();
  const refresh = async (): Promise<void> => {
    request.abort();
    request = new AbortController();
    const { signal } = request;
    const filters = readFilters(form);
    writeAddress(filters, view);
    scene.dataset.state = 'loading';
    try {
      const set = await loadPoints(url(atlas, 'pointsUrl'), filters, signal);
      points = set.points;
      showFacets(form, set.facets);
      toolbar.total.textContent = `共 ${set.total.toLocaleString('zh-CN')} 个点位`;
      side.count(RESULTS_TAB, set.total);
      results.show(points);
      stage?.show(points);
      scene.dataset.state = 'shown';
    } catch (failure) {
      if (signal.aborted) return;
      scene.dataset.state = 'failed';
      toast(sentence(failure), 'problem');
    }
  };

  const listChanged = (): void => {
    side.count(LIST_TAB, chosen.size);
    stage?.showListed((id) => chosen.has(id));
  };
  chosen.onChange(listChanged);
  listChanged();

  const drawMap = async (): Promise<void> => {
    try {
      const borders = await getJson<Borders>(url(atlas, 'borderUrl'));
      stage = new MapStage(canvas, borders, view, {
        opened: open,
        moved: (moved) => {
          view = moved;
          writeAddress(readFilters(form), view);
        },
        chosen: addMany,
        toolChanged: (tool) => toolbar.show(tool),
        ready: () => toolbar.enable(),
      });
      stage.show(points);
      listChanged();
    } catch {
      canvas.replaceChildren(
        element(
          'div',
          { class: 'empty' },
          element('b', {}, '地图没有显示出来'),
          element('p', {}, '浏览器没有开启 WebGL 或底图读取失败。右侧点位列表可以完成同样的操作：打开档案、加入清单、提交。'),
        ),
      );
    }
  };

  // What was typed before this script came, or restored by the browser, is what the person wants.
  if (readFilters(form).size === 0) writeFilters(form, address);
  onFilterChange(form, () => void refresh());
  void refresh();
  void drawMap();
}

start(required<HTMLElement>(document, '#atlas'));
