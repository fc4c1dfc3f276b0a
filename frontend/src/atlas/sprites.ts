const MOST = 4_000;
// So that a hundred new clusters do not cost a frame; the rest come with the next frames.
const FRAME_MS = 6;

/** Symbols that were drawn once. Within a frame new ones are drawn as long as there is time. */
export class Sprites {
  private readonly drawn = new Map<string, HTMLCanvasElement>();
  private until = 0;
  private late = false;

  beginFrame(): void {
    this.until = performance.now() + FRAME_MS;
    this.late = false;
  }

  /** Whether some were left for the next frame. */
  get isBehind(): boolean {
    return this.late;
  }

  get(key: string, draw: () => HTMLCanvasElement): HTMLCanvasElement | null {
    const there = this.drawn.get(key);
    if (there) return there;
    if (performance.now() > this.until) {
      this.late = true;
      return null;
    }
    if (this.drawn.size >= MOST) this.drawn.clear();
    const sprite = draw();
    this.drawn.set(key, sprite);
    return sprite;
  }
}
