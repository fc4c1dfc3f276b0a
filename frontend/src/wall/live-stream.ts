import { mimeOf } from './codec';
import { follow, type Range } from './live-edge';

export interface StreamEvents {
  /** The first picture is on the screen. */
  playing(): void;
  /** The socket closed; why is known by the control plane only. */
  closed(): void;
  /** This browser cannot show these pictures. */
  undecodable(sentence: string): void;
}

export interface StreamStats {
  bytes: number;
  frames: number;
  dropped: number;
  /** Seconds between the picture and the newest that has arrived. */
  behind: number;
  width: number;
  height: number;
}

const KEEP_S = 8;
const QUEUE_LIMIT = 32_000_000;
const FOLLOW_EVERY_MS = 250;

const NOT_SUPPORTED = '此浏览器不能解码该点位的视频编码，请换用新版 Chrome 或 Edge，或联系运维团队改用 H.264 码流。';
const BROKEN = '收到的画面无法解码，请关闭后重新打开；如反复出现，请联系运维团队检查该点位。';

type SourceConstructor = typeof MediaSource;
const Source: SourceConstructor | undefined =
  (window as { ManagedMediaSource?: SourceConstructor }).ManagedMediaSource ?? window.MediaSource;

function ranges(buffered: TimeRanges): Range[] {
  return Array.from({ length: buffered.length }, (_, at) => ({ start: buffered.start(at), end: buffered.end(at) }));
}

function merged(parts: readonly ArrayBuffer[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return whole;
}

/** Plays fMP4 from one WebSocket by MSE: init segment, then one fragment a frame. */
export class LiveStream {
  private readonly socket: WebSocket;
  private readonly source: MediaSource;
  private readonly address: string;
  private buffer: SourceBuffer | null = null;
  private mime: string | null = null;
  private queue: ArrayBuffer[] = [];
  private queued = 0;
  private bytes = 0;
  private timer = 0;
  private stopped = false;

  constructor(
    private readonly video: HTMLVideoElement,
    url: string,
    private readonly events: StreamEvents,
  ) {
    if (!Source) throw new Error('no MediaSource');
    this.source = new Source();
    this.source.addEventListener('sourceopen', () => this.attach(), { once: true });
    this.address = URL.createObjectURL(this.source);
    video.disableRemotePlayback = true;
    video.src = this.address;
    video.requestVideoFrameCallback(() => {
      if (!this.stopped) this.events.playing();
    });
    video.addEventListener('error', this.broken);

    this.socket = new WebSocket(url);
    this.socket.binaryType = 'arraybuffer';
    this.socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => this.receive(data));
    this.socket.addEventListener('close', () => {
      if (!this.stopped) this.events.closed();
    });
    this.timer = window.setInterval(() => this.followEdge(), FOLLOW_EVERY_MS);
  }

  get stats(): StreamStats {
    const { totalVideoFrames, droppedVideoFrames } = this.video.getVideoPlaybackQuality();
    const end = ranges(this.video.buffered).at(-1)?.end ?? this.video.currentTime;
    return {
      bytes: this.bytes,
      frames: totalVideoFrames,
      dropped: droppedVideoFrames,
      behind: Math.max(0, end - this.video.currentTime),
      width: this.video.videoWidth,
      height: this.video.videoHeight,
    };
  }

  /** Ends for good; the picture goes black. */
  stop(): void {
    this.stopped = true;
    window.clearInterval(this.timer);
    this.socket.close();
    this.queue = [];
    this.video.removeEventListener('error', this.broken);
    this.video.removeAttribute('src');
    this.video.load();
    URL.revokeObjectURL(this.address);
  }

  private readonly broken = (): void => this.fail(BROKEN);

  private fail(sentence: string): void {
    if (this.stopped) return;
    this.stop();
    this.events.undecodable(sentence);
  }

  private receive(data: string | ArrayBuffer): void {
    if (this.stopped) return;
    if (typeof data === 'string') {
      const message = JSON.parse(data) as { type?: string; value?: string };
      if (message.type === 'mse' && message.value) this.announce(message.value);
      return;
    }
    this.bytes += data.byteLength;
    // A node that announces nothing (ZLMediaKit) begins with the init segment.
    if (!this.mime) this.announce(mimeOf(new Uint8Array(data)));
    this.queue.push(data);
    this.queued += data.byteLength;
    if (this.queued > QUEUE_LIMIT) this.fail(BROKEN);
    else this.append();
  }

  private announce(mime: string | null): void {
    if (!mime) return;
    if (!Source?.isTypeSupported(mime)) {
      this.fail(NOT_SUPPORTED);
      return;
    }
    const changed = this.mime !== null && this.mime !== mime;
    this.mime = mime;
    if (changed && this.buffer) this.buffer.changeType(mime);
    else this.attach();
  }

  private attach(): void {
    if (this.buffer || !this.mime || this.source.readyState !== 'open') return;
    this.buffer = this.source.addSourceBuffer(this.mime);
    this.buffer.mode = 'segments';
    this.buffer.addEventListener('updateend', () => {
      this.followEdge();
      this.append();
    });
    this.append();
  }

  private append(): void {
    const { buffer } = this;
    if (!buffer || buffer.updating || this.source.readyState !== 'open') return;
    if (this.queue.length === 0) {
      this.trim(buffer);
      return;
    }
    const parts = this.queue;
    this.queue = [];
    this.queued = 0;
    try {
      buffer.appendBuffer(merged(parts));
    } catch (failure) {
      if (!(failure instanceof DOMException && failure.name === 'QuotaExceededError')) throw failure;
      // Full: what has been seen goes, and what came waits for the end of that.
      this.queue = parts;
      buffer.remove(0, Math.max(0.1, this.video.currentTime - 1));
    }
  }

  private trim(buffer: SourceBuffer): void {
    const oldest = ranges(buffer.buffered)[0]?.start ?? 0;
    const keepFrom = this.video.currentTime - KEEP_S;
    // In steps of a few seconds, not at each frame.
    if (keepFrom - oldest > KEEP_S / 2) buffer.remove(0, keepFrom);
  }

  private followEdge(): void {
    if (this.stopped || !this.buffer) return;
    const { seek, rate } = follow(this.video.currentTime, ranges(this.video.buffered));
    if (seek !== null) this.video.currentTime = seek;
    if (this.video.playbackRate !== rate) this.video.playbackRate = rate;
    if (this.video.paused && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      // Rejected only when stopped meanwhile; a muted video may always play.
      void this.video.play().catch(() => undefined);
    }
  }
}
