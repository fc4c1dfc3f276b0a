import htmx from 'htmx.org';
import { csrfToken } from '../shared/csrf';
import { toast } from '../shared/toast';

/** htmx under our content security policy: no injected style, no eval, CSRF header on each request. */
export function startHtmx(): void {
  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowEval = false;
  htmx.config.historyCacheSize = 0;

  document.addEventListener('htmx:configRequest', (event) => {
    (event as CustomEvent<{ headers: Record<string, string> }>).detail.headers['X-CSRFToken'] = csrfToken();
  });
  document.addEventListener('htmx:responseError', (event) => {
    const { status } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
    toast(status === 403 ? '您没有权限进行此操作。' : `服务器没有完成这次操作（${status}），请稍后再试。`, 'problem');
  });
  document.addEventListener('htmx:sendError', () => toast('连接不上服务器，请检查网络后再试。', 'problem'));
}
