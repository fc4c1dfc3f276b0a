import { element, icon } from '../shared/element';

const KEY = 'gongshi.atlas.folded';
const PANELS = [
  { key: 'filters', name: '筛选', icon: 'layout-sidebar-left-collapse' },
  { key: 'side', name: '点位与清单', icon: 'layout-sidebar-right-collapse' },
];

/** Buttons that fold the panels beside the map away and back; the browser remembers. `data-folded` names those folded. */
export function foldButtons(atlas: HTMLElement): HTMLElement[] {
  const folded = new Set((window.localStorage.getItem(KEY) ?? '').split(' ').filter(Boolean));
  const draw = (button: HTMLElement, key: string, name: string): void => {
    const label = `${folded.has(key) ? '展开' : '收起'}${name}`;
    button.setAttribute('aria-expanded', String(!folded.has(key)));
    button.setAttribute('aria-label', label);
    button.title = label;
    atlas.dataset.folded = [...folded].join(' ');
  };
  return PANELS.map(({ key, name, icon: sign }) => {
    const button = element('button', { type: 'button', class: `atlas-fold-panel atlas-fold-${key}` }, icon(sign));
    button.addEventListener('click', () => {
      if (!folded.delete(key)) folded.add(key);
      window.localStorage.setItem(KEY, [...folded].join(' '));
      draw(button, key, name);
    });
    draw(button, key, name);
    return button;
  });
}
