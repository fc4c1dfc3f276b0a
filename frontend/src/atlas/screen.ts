import { worldPixels, type Place } from './mercator';

export interface Pixel {
  x: number;
  y: number;
}

/** Where places of the map stand in the window's part that shows it; north is up. */
export class Screen {
  private readonly world: number;

  constructor(
    readonly width: number,
    readonly height: number,
    readonly zoom: number,
    private readonly centre: Place,
  ) {
    this.world = worldPixels(zoom);
  }

  pixel({ x, y }: Place): Pixel {
    return { x: (x - this.centre.x) * this.world + this.width / 2, y: (y - this.centre.y) * this.world + this.height / 2 };
  }

  /** Whether something of this reach in pixels can be seen at that pixel. */
  shows({ x, y }: Pixel, reach: number): boolean {
    return x > -reach && y > -reach && x < this.width + reach && y < this.height + reach;
  }
}
