import { element } from '../shared/element';
import { SHARING, STATUS, type CameraId, type Sharing, type Status } from './contract';

interface Shown {
  id: CameraId;
  code: string;
  name: string;
  sharing: Sharing;
  status?: Status;
}

/** A point in a list: name, code, sharing level and status; a click opens its card. */
export function pointButton(point: Shown, opened: (id: CameraId) => void): HTMLButtonElement {
  const { label, status } = SHARING[point.sharing];
  const button = element(
    'button',
    { type: 'button', class: 'atlas-result' },
    element('b', { title: point.name }, point.name),
    element('small', { class: 'code' }, point.code),
    element(
      'small',
      {},
      element('span', { class: `status ${status}` }, label),
      point.status && element('span', { class: `status ${point.status === 'online' ? 'status-green' : 'status-gray hollow'}` }, STATUS[point.status]),
    ),
  );
  button.addEventListener('click', () => opened(point.id));
  return button;
}

/** 加入 or 移出 of one point. */
export function toggleButton(point: Shown, isListed: boolean, toggle: (id: CameraId) => void): HTMLButtonElement {
  const button = element(
    'button',
    { type: 'button', class: `btn btn-sm${isListed ? ' listed' : ''}`, 'aria-label': `${isListed ? '移出' : '加入'}清单：${point.name}` },
    isListed ? '移出' : '加入',
  );
  button.addEventListener('click', () => toggle(point.id));
  return button;
}
