/** The JSON that the atlas room answers. */
export type CameraId = string | number;
export type Sharing = 'unconditional' | 'restricted' | 'none';
export type Status = 'online' | 'offline' | 'unknown';

export interface Point {
  id: CameraId;
  code: string;
  name: string;
  /** WGS-84 degrees. */
  lon: number;
  lat: number;
  sharing: Sharing;
  status: Status;
}

/** Field → value → how many points of the present selection have it. */
export type Facets = Record<string, Record<string, number>>;

/** Points travel as rows, their fields named once. */
export interface PointsAnswer {
  total: number;
  fields: (keyof Point)[];
  points: unknown[][];
  facets: Facets;
}

export interface CameraCard {
  id: CameraId;
  title: string;
  code: string;
  fields: { label: string; value: string }[];
  sharing: { value: Sharing; label: string };
  in_list: boolean;
  may_watch: boolean;
  /** Why it cannot be watched in spite of a grant; empty otherwise. */
  barred: string;
  watch_url: string | null;
}

export interface ListSummary {
  total: number;
  needs_review: number;
  groups: ({ department: string } & Record<Sharing, number>)[];
  cameras: { id: CameraId; code: string; name: string; sharing: Sharing }[];
}

export interface SavedList {
  id: CameraId;
  url: string;
  demand_url: string;
}

export const SHARING: Record<Sharing, { label: string; short: string; colour: string; status: string }> = {
  unconditional: { label: '无条件共享', short: '无条件', colour: '#1b7f43', status: 'status-green' },
  restricted: { label: '受限共享', short: '受限', colour: '#c2680a', status: 'status-orange' },
  none: { label: '非共享', short: '非共享', colour: '#c0282d', status: 'status-red' },
};

export const STATUS: Record<Status, string> = { online: '在线', offline: '离线', unknown: '未知' };
