import { ApiError, sentence } from '../shared/api';
import { element, icon } from '../shared/element';
import { DRAG_TYPE } from './camera-tree';
import type { CloseReason, GrantedCamera, OpenedSession, SessionNews } from './contract';
import { LiveStream } from './live-stream';
import { closeSession, openSession, sessionNews } from './session';
import { Watermark } from './watermark';

export type PaneState = 'idle' | 'opening' | 'waiting' | 'playing' | 'ended' | 'refused';

const ACTIVE: ReadonlySet<PaneState> = new Set(['opening', 'waiting', 'playing']);
const POLL_WAITING_MS = 1000;
const POLL_PLAYING_MS = 5000;
/** How often the control plane is asked why the socket closed before the pane gives up on an answer. */
const ASK_WHY_TIMES = 10;

const WATERMARK_TOUCHED = '水印被移除或遮挡，画面已停止，此事已记录。请关闭可能改动页面的浏览器插件后重新打开。';
const DISCONNECTED = '与视频节点的连接已断开，请重新打开。';

interface Callbacks {
  dropped(pane: Pane, cameraId: string): void;
  changed(pane: Pane): void;
  reopen(pane: Pane, camera: GrantedCamera): void;
}

/** One window of the wall: at most one session, its picture, its watermark and what the person must know about both. */
export class Pane {
  readonly node: HTMLElement;
  camera: GrantedCamera | null = null;

  private readonly video = element('video', {
    muted: true,
    playsinline: true,
    disablepictureinpicture: true,
    controlslist: 'nodownload nofullscreen noremoteplayback',
    tabindex: -1,
  });
  private readonly picture = element('div', { class: 'pane-picture' }, this.video);
  private readonly notice = element('div', { class: 'pane-notice', role: 'status' });
  private readonly title = element('span', { class: 'pane-title' });
  private readonly foot = element('div', { class: 'pane-foot' });
  private readonly stats = element('pre', { class: 'pane-stats', hidden: true });

  private session: OpenedSession | null = null;
  private stream: LiveStream | null = null;
  private watermark: Watermark | null = null;
  private polling = new AbortController();
  private pollTimer = 0;
  private statsTimer = 0;
  private unanswered = 0;
  private framesBefore = 0;
  /** Grows with each opening and closing, so that an answer that comes late is known as such. */
  private turn = 0;

  constructor(
    private readonly openUrl: string,
    private readonly callbacks: Callbacks,
  ) {
    this.video.muted = true;
    const statsButton = element('button', { type: 'button', class: 'pane-button', title: '码流信息', 'aria-label': '码流信息' }, icon('activity'));
    statsButton.addEventListener('click', () => this.toggleStats());
    const closeButton = element('button', { type: 'button', class: 'pane-button pane-close', title: '关闭画面（Esc）', 'aria-label': '关闭画面' }, icon('x'));
    closeButton.addEventListener('click', () => this.close());
    this.node = element(
      'section',
      { class: 'pane', tabindex: 0, 'aria-label': '画面窗格' },
      this.picture,
      this.notice,
      this.stats,
      element('div', { class: 'pane-head' }, this.title, statsButton, closeButton),
      this.foot,
    );
    this.node.addEventListener('contextmenu', (event) => event.preventDefault());
    this.acceptDrops();
    this.rest();
  }

  get state(): PaneState {
    return this.node.dataset.state as PaneState;
  }

  /** Whether it holds a session or asks for one. */
  get busy(): boolean {
    return ACTIVE.has(this.state);
  }

  /** Whether pictures came since this was asked last. */
  get moves(): boolean {
    const frames = this.state === 'playing' ? (this.stream?.stats.frames ?? 0) : 0;
    const moved = frames > 0 && frames !== this.framesBefore;
    this.framesBefore = frames;
    return moved;
  }

  /** Opens a live session; what the server refuses is said in the pane. */
  async open(camera: GrantedCamera, reason: string): Promise<void> {
    if (this.busy) this.end('closed');
    const turn = ++this.turn;
    this.camera = camera;
    this.title.textContent = camera.name;
    this.foot.textContent = `用途：${camera.grant.purpose}`;
    this.say('opening', '正在核对授权…');
    try {
      const session = await openSession(this.openUrl, camera.id, reason);
      if (turn === this.turn) this.play(session);
      else closeSession(session, 'closed');
    } catch (failure) {
      if (turn === this.turn) this.say('refused', sentence(failure));
    }
  }

  /** Closes by hand: back to an empty pane. */
  close(): void {
    if (this.busy) this.end('closed');
    this.turn += 1;
    this.rest();
  }

  /** The page is going away. */
  leave(): void {
    if (!this.busy) return;
    this.end('closed');
    this.say('ended', '已离开页面，画面已关闭。');
  }

  private play(session: OpenedSession): void {
    this.session = session;
    this.unanswered = 0;
    const { purpose, until } = this.camera?.grant ?? { purpose: '', until: '' };
    this.foot.replaceChildren(
      element('span', { title: purpose }, `用途：${purpose}`),
      element('span', {}, session.remaining || `有效期至 ${until}`),
    );
    this.say('waiting', '正在等待摄像机…');
    try {
      this.watermark = new Watermark(this.picture, this.video, session.watermark, () => this.stop(WATERMARK_TOUCHED, 'watermark'));
      this.stream = new LiveStream(this.video, session.socket_url, {
        playing: () => this.say('playing', ''),
        closed: () => this.askWhy(),
        undecodable: (why) => this.stop(why),
      });
    } catch {
      this.stop('此浏览器不支持网页视频播放，请换用新版 Chrome 或 Edge。');
      return;
    }
    this.pollSoon(POLL_WAITING_MS);
  }

  private pollSoon(delay: number): void {
    window.clearTimeout(this.pollTimer);
    this.pollTimer = window.setTimeout(() => void this.poll(), delay);
  }

  private async poll(): Promise<void> {
    const { session } = this;
    if (!session) return;
    this.polling = new AbortController();
    const { signal } = this.polling;
    try {
      const news = await sessionNews(session, signal);
      if (session === this.session) this.hear(news);
    } catch (failure) {
      if (signal.aborted || session !== this.session) return;
      const gone = failure instanceof ApiError && [401, 403, 404].includes(failure.status);
      if (gone) this.stop(sentence(failure));
      else this.continuePolling();
    }
  }

  private hear({ state, message }: SessionNews): void {
    if (state === 'ended') {
      this.release();
      this.say('ended', message || DISCONNECTED);
      return;
    }
    if (this.state === 'waiting' && message) this.say('waiting', message);
    this.continuePolling();
  }

  private continuePolling(): void {
    if (this.unanswered > 0 && ++this.unanswered > ASK_WHY_TIMES) {
      this.stop(DISCONNECTED);
      return;
    }
    const calm = this.state === 'playing' && this.unanswered === 0;
    this.pollSoon(calm ? POLL_PLAYING_MS : POLL_WAITING_MS);
  }

  /** The socket closed. A browser does not show why; the control plane knows, perhaps a moment later. */
  private askWhy(): void {
    this.unanswered = 1;
    this.say('waiting', '画面中断，正在查明原因…');
    this.pollSoon(0);
  }

  private stop(why: string, reason: CloseReason = 'closed'): void {
    this.end(reason);
    this.say('ended', why);
  }

  /** Lets the picture go and frees the slot. */
  private end(reason: CloseReason): void {
    const { session } = this;
    this.turn += 1;
    this.release();
    if (session) closeSession(session, reason);
  }

  private release(): void {
    window.clearTimeout(this.pollTimer);
    this.polling.abort();
    this.watermark?.remove();
    this.stream?.stop();
    this.watermark = null;
    this.stream = null;
    this.session = null;
    this.hideStats();
  }

  private rest(): void {
    this.camera = null;
    this.title.textContent = '';
    this.foot.textContent = '';
    this.say('idle', '点击左侧点位，或把点位拖到这里');
  }

  private say(state: PaneState, message: string): void {
    this.node.dataset.state = state;
    this.notice.replaceChildren(message);
    this.notice.hidden = message === '';
    const { camera } = this;
    if (camera && (state === 'ended' || state === 'refused')) {
      const again = element('button', { type: 'button', class: 'btn btn-sm' }, icon('refresh'), '重新打开');
      again.addEventListener('click', () => this.callbacks.reopen(this, camera));
      this.notice.append(again);
    }
    this.callbacks.changed(this);
  }

  private acceptDrops(): void {
    this.node.addEventListener('dragover', (event) => {
      if (!event.dataTransfer?.types.includes(DRAG_TYPE)) return;
      event.preventDefault();
      this.node.classList.add('drop');
    });
    this.node.addEventListener('dragleave', () => this.node.classList.remove('drop'));
    this.node.addEventListener('drop', (event) => {
      event.preventDefault();
      this.node.classList.remove('drop');
      const id = event.dataTransfer?.getData(DRAG_TYPE);
      if (id) this.callbacks.dropped(this, id);
    });
  }

  private toggleStats(): void {
    if (!this.stats.hidden || !this.stream) {
      this.hideStats();
      return;
    }
    let before = this.stream.stats;
    this.stats.textContent = '正在统计…';
    this.stats.hidden = false;
    this.statsTimer = window.setInterval(() => {
      const now = this.stream?.stats;
      if (!now) return;
      this.stats.textContent = [
        `画面 ${now.width}×${now.height}　${now.frames - before.frames} 帧/秒`,
        `码率 ${((now.bytes - before.bytes) / 1000).toFixed(0)} kB/s`,
        `缓冲 ${now.behind.toFixed(1)} 秒　丢帧 ${now.dropped}`,
      ].join('\n');
      before = now;
    }, 1000);
  }

  private hideStats(): void {
    window.clearInterval(this.statsTimer);
    this.stats.hidden = true;
  }
}
