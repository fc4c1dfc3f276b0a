import { element, icon } from '../shared/element';
import { LEVELS, SHARING, type ListSummary, type SummaryGroup } from './contract';

function total(group: SummaryGroup): number {
  return LEVELS.reduce((sum, level) => sum + group[level], 0);
}

/** Source departments by sharing levels, each with a button that takes its points off the list. */
export function totalsTable({ groups }: ListSummary, remove: (group: SummaryGroup) => void): HTMLElement {
  const heads = ['数源部门', ...LEVELS.map((level) => SHARING[level].short)];
  const body = groups.map((group) => {
    const button = element(
      'button',
      {
        type: 'button',
        class: 'atlas-drop',
        'aria-label': `移出${group.department}的点位`,
        title: '移出该部门的全部点位',
        'data-confirm': `移出${group.department}的点位`,
        'data-confirm-verb': '移出',
        'data-confirm-detail': `清单中该部门的 ${total(group)} 个点位将被移出。`,
      },
      icon('x'),
    );
    button.addEventListener('click', () => remove(group));
    return element(
      'tr',
      {},
      element('td', { class: 'wrap' }, group.department),
      ...LEVELS.map((level) => element('td', { class: 'number' }, group[level] > 0 ? group[level].toLocaleString('zh-CN') : '–')),
      element('td', {}, button),
    );
  });
  return element(
    'div',
    { class: 'atlas-list-groups' },
    element(
      'table',
      { class: 'table' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...heads.map((head, at) => element('th', { class: at > 0 ? 'number' : '', scope: 'col' }, head)),
          element('th', { scope: 'col' }, element('span', { class: 'visually-hidden' }, '移出')),
        ),
      ),
      element('tbody', {}, ...body),
    ),
  );
}
