/** The JSON that the viewing room answers. */
export type CameraId = string | number;

export interface GrantedCamera {
  id: CameraId;
  code: string;
  name: string;
  status: 'online' | 'offline' | 'unknown';
  /** Why it cannot be opened in spite of the grant; empty: it can. */
  barred: string;
  grant: { id: CameraId; until: string; purpose: string };
}

export interface CamerasAnswer {
  groups: { department: string; cameras: GrantedCamera[] }[];
}

export interface WatermarkText {
  name: string;
  department: string;
  account_tail: string;
}

export interface OpenedSession {
  id: CameraId;
  /** With its single-use ticket. */
  socket_url: string;
  watermark: WatermarkText;
  poll_url: string;
  close_url: string;
  /** What is left of the right, in words. */
  remaining: string;
}

export interface SessionNews {
  state: 'waiting' | 'playing' | 'ended';
  message: string;
  ended_reason: string | null;
}

/** Why the page closes a session: done with looking (or not able to), or the watermark was touched. */
export type CloseReason = 'closed' | 'watermark';
