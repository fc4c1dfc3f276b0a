import { getJson, postJson, QUIET } from '../shared/api';
import { csrfToken } from '../shared/csrf';
import type { CameraId, CloseReason, OpenedSession, SessionNews } from './contract';

/** Asks for one live session; the server registers the reason. Throws `ApiError` with the sentence to show. */
export function openSession(url: string, camera: CameraId, reason: string): Promise<OpenedSession> {
  return postJson<OpenedSession>(url, { camera_id: camera, kind: 'live', reason });
}

export function sessionNews(session: OpenedSession, signal: AbortSignal): Promise<SessionNews> {
  return getJson<SessionNews>(session.poll_url, signal, QUIET);
}

/** Says that pictures are being watched, which keeps the login alive; a failure is for the login's own watch to tell. */
export function sayWatching(url: string): void {
  postJson(url, {}, undefined, QUIET).catch(() => undefined);
}

/** Frees the slot. A beacon, because it must arrive although the page is going away; fields as of a form. */
export function closeSession(session: OpenedSession, reason: CloseReason): void {
  navigator.sendBeacon(session.close_url, new URLSearchParams({ csrfmiddlewaretoken: csrfToken(), reason }));
}
