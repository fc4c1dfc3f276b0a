import { csrfToken } from './csrf';

/** What the server says when it refuses: `{"error": {"code", "message"}}`, the message in plain Chinese. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const FALLBACK: Record<number, string> = {
  401: '登录已失效，请重新登录后再试。',
  403: '您没有权限进行此操作，如有需要请联系本部门数据专员。',
  404: '要找的内容不存在或已被删除，请刷新页面后再试。',
  429: '操作过于频繁，请稍等片刻再试。',
};

function refusal(status: number, body: unknown): ApiError {
  const error = (body as { error?: { code?: string; message?: string } } | null)?.error;
  const message = error?.message ?? FALLBACK[status] ?? `服务器没有完成这次操作（${status}），请稍后再试。`;
  return new ApiError(status, error?.code ?? String(status), message);
}

async function call<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (failure) {
    if (init.signal?.aborted) throw failure;
    throw new ApiError(0, 'network', '连接不上服务器，请检查网络后再试。');
  }
  const isJson = response.status !== 204 && (response.headers.get('Content-Type')?.includes('json') ?? false);
  const body: unknown = isJson ? await response.json() : null;
  if (!response.ok) throw refusal(response.status, body);
  // A page instead of data means that the session ended and the request was sent to the login page.
  if (!isJson && response.redirected) throw refusal(401, null);
  return body as T;
}

type Headers = Record<string, string>;

/** For what a page asks by itself: it is nobody's doing, and keeps no login alive. */
export const QUIET: Headers = { 'Gongshi-Background': '1' };

/** GET of JSON. Throws `ApiError`, or the abort of `signal`. */
export function getJson<T>(url: string, signal?: AbortSignal, headers: Headers = {}): Promise<T> {
  return call<T>(url, { headers: { Accept: 'application/json', ...headers }, ...(signal ? { signal } : {}) });
}

/** POST of JSON with Django's CSRF header. Throws `ApiError`, or the abort of `signal`. */
export function postJson<T>(url: string, body: unknown, signal?: AbortSignal, headers: Headers = {}): Promise<T> {
  return sendJson<T>('POST', url, body, signal, headers);
}

/** As `postJson`, with any method that changes something. */
export function sendJson<T>(
  method: 'POST' | 'PATCH' | 'DELETE',
  url: string,
  body: unknown,
  signal?: AbortSignal,
  headers: Headers = {},
): Promise<T> {
  return call<T>(url, {
    method,
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken(), ...headers },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
}

/** POST of a form, with files if it has some. Throws `ApiError`. */
export function postForm<T>(url: string, form: FormData): Promise<T> {
  return call<T>(url, { method: 'POST', headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken() }, body: form });
}

/** The sentence to show for anything that was thrown. */
export function sentence(failure: unknown): string {
  return failure instanceof ApiError ? failure.message : '页面出现意外情况，请刷新后再试。';
}
