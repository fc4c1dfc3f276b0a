import 'maplibre-gl/dist/maplibre-gl.css';
import './styles/atlas.css';
import { AtlasApi } from './atlas/atlas-api';
import { AtlasPage } from './atlas/atlas-page';
import { Filters } from './atlas/filters';
import { sentence } from './shared/api';
import { element, required } from './shared/element';

async function start(atlas: HTMLElement): Promise<void> {
  const api = new AtlasApi(atlas.dataset.api ?? '');
  const filters = new Filters(new URLSearchParams(window.location.search));
  try {
    await new AtlasPage(atlas, api, filters, await api.setup()).start();
  } catch (failure) {
    atlas.append(element('div', { class: 'empty', role: 'alert' }, element('b', {}, '一张图没有打开'), element('p', {}, sentence(failure))));
    throw failure;
  }
}

void start(required<HTMLElement>(document, '#atlas'));
