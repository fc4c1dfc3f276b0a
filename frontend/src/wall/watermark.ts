import { element } from '../shared/element';
import type { WatermarkText } from './contract';

const TILE = { width: 300, height: 150 };
const ANGLE = -Math.PI / 9;
const EVERY_MS = 1000;

/** What the overlay's computed style must be; anything else hides it. */
const INTACT: Partial<Record<keyof CSSStyleDeclaration, string>> = {
  display: 'block',
  visibility: 'visible',
  opacity: '1',
  zIndex: '3',
  position: 'absolute',
  clipPath: 'none',
  transform: 'none',
  filter: 'none',
  translate: 'none',
  scale: 'none',
  rotate: 'none',
  clip: 'auto',
  maskImage: 'none',
  objectFit: 'fill',
  objectPosition: '50% 50%',
  contentVisibility: 'visible',
  mixBlendMode: 'normal',
};

const clock = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'Asia/Shanghai' });

/**
 * The visible watermark over one picture: real name, department, end of the account and the running time, tiled.
 * `picture` must hold the video and this overlay only. When the overlay is removed, hidden or covered, or the video is shown
 * without it, `tampered` is called once.
 */
export class Watermark {
  private readonly canvas = element('canvas', { class: 'pane-watermark', 'aria-hidden': 'true' });
  private readonly mutations: MutationObserver;
  private readonly sizes: ResizeObserver;
  private readonly timer: number;

  constructor(
    private readonly picture: HTMLElement,
    private readonly video: HTMLVideoElement,
    private readonly text: WatermarkText,
    private readonly tampered: () => void,
  ) {
    picture.append(this.canvas);
    this.draw();
    this.mutations = new MutationObserver(() => this.check());
    this.mutations.observe(picture, { childList: true, attributes: true, subtree: true, attributeFilter: ['style', 'class', 'hidden'] });
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(picture);
    this.timer = window.setInterval(() => {
      this.check();
      this.draw();
    }, EVERY_MS);
  }

  remove(): void {
    window.clearInterval(this.timer);
    this.mutations.disconnect();
    this.sizes.disconnect();
    this.canvas.remove();
  }

  private check(): void {
    if (this.intact()) return;
    this.remove();
    this.tampered();
  }

  private intact(): boolean {
    const children = [...this.picture.children];
    if (children.length !== 2 || children[0] !== this.video || children[1] !== this.canvas) return false;
    const style = getComputedStyle(this.canvas);
    const styled = Object.entries(INTACT).every(([name, value]) => style[name as keyof CSSStyleDeclaration] === value);
    const [over, under] = [this.canvas.getBoundingClientRect(), this.picture.getBoundingClientRect()];
    const covers = Math.abs(over.width - under.width) < 2 && Math.abs(over.height - under.height) < 2 && Math.abs(over.left - under.left) < 2 && Math.abs(over.top - under.top) < 2;
    const above = getComputedStyle(this.video).zIndex === 'auto';
    const alone = document.fullscreenElement === this.video || document.pictureInPictureElement === this.video;
    return styled && covers && above && !alone;
  }

  private draw(): void {
    const { clientWidth, clientHeight } = this.picture;
    const scale = window.devicePixelRatio;
    // Setting the size also clears; a canvas of another size would be stretched.
    this.canvas.width = Math.round(clientWidth * scale);
    this.canvas.height = Math.round(clientHeight * scale);
    const context = this.canvas.getContext('2d');
    if (!context) return;
    context.scale(scale, scale);
    context.rotate(ANGLE);
    context.font = '14px system-ui, "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
    context.lineWidth = 2;
    // White within a dark edge: readable on a black and on a white picture.
    context.fillStyle = 'rgb(255 255 255 / 34%)';
    context.strokeStyle = 'rgb(0 0 0 / 22%)';
    const { name, department, account_tail } = this.text;
    const lines = [`${name} ${account_tail}  ${department}`, clock.format(new Date())];
    const reach = clientWidth + clientHeight;
    for (let row = 0, y = 30; y < reach; y += TILE.height, row += 1) {
      for (let x = -clientHeight + (row % 2) * (TILE.width / 2); x < reach; x += TILE.width) {
        lines.forEach((line, at) => {
          context.strokeText(line, x, y + at * 20);
          context.fillText(line, x, y + at * 20);
        });
      }
    }
  }
}
