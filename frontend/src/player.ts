import './styles/wall.css';
import { getJson, sentence } from './shared/api';
import { element, icon, required } from './shared/element';
import { CameraTree } from './wall/camera-tree';
import type { CamerasAnswer } from './wall/contract';
import { Wall } from './wall/wall';

async function start(root: HTMLElement): Promise<void> {
  const { openUrl, camerasUrl, watchingUrl } = root.dataset;
  if (!openUrl || !camerasUrl || !watchingUrl) throw new Error('#wall lacks one of its addresses');

  const tree = new CameraTree((camera) => void wall.place(camera));
  const wall: Wall = new Wall(openUrl, watchingUrl, { find: (id) => tree.camera(id), changed: (open) => tree.mark(open) });
  const hint = element('span', { class: 'soft' }, icon('info-circle'), '按 1、2、4 切换画面数，Esc 关闭当前画面，双击放大');
  root.append(tree.node, element('div', { class: 'wall-main' }, element('div', { class: 'wall-head' }, wall.bar, hint), wall.node));

  try {
    tree.show(await getJson<CamerasAnswer>(camerasUrl));
  } catch (failure) {
    tree.say('授权点位没有读出来', sentence(failure));
    return;
  }
  // From the map's archive card: /…?camera=12 goes straight to the reason.
  const wanted = new URLSearchParams(window.location.search).get('camera');
  const camera = wanted === null ? undefined : tree.camera(wanted);
  if (camera) await wall.place(camera);
}

void start(required<HTMLElement>(document, '#wall'));
