import { pixelsPerMetre, toPlace, type Position } from './mercator';
import type { Screen } from './screen';
import type { Shape } from './shapes';

const STROKE = '#1e5fae';
const FILL = 'rgb(30 95 174 / 13%)';

/** Draws an area: being drawn, chosen, or one that filters. */
export function drawShape(context: CanvasRenderingContext2D, screen: Screen, shape: Shape, isUnderWay: boolean): void {
  const [first] = shape.corners;
  if (!first) return;
  context.save();
  context.lineJoin = context.lineCap = 'round';
  if (shape.kind === 'line') drawBuffer(context, screen, shape.corners, shape.metres);
  else drawRegion(context, screen, shape, first);
  if (isUnderWay && shape.kind !== 'box') drawCorners(context, screen, shape.corners);
  context.restore();
}

function drawRegion(
  context: CanvasRenderingContext2D,
  screen: Screen,
  shape: Exclude<Shape, { kind: 'line' }>,
  first: Position,
): void {
  context.beginPath();
  if (shape.kind === 'circle') {
    const { x, y } = screen.pixel(toPlace(first));
    context.arc(x, y, shape.metres * pixelsPerMetre(first[1], screen.zoom), 0, 2 * Math.PI);
  } else {
    trace(context, screen, shape.corners);
    context.closePath();
  }
  context.fillStyle = FILL;
  context.fill();
  context.strokeStyle = STROKE;
  context.lineWidth = 2;
  context.stroke();
}

function drawBuffer(context: CanvasRenderingContext2D, screen: Screen, corners: readonly Position[], metres: number): void {
  const middle = corners[Math.floor(corners.length / 2)]?.[1] ?? 0;
  context.beginPath();
  trace(context, screen, corners);
  context.strokeStyle = FILL;
  context.lineWidth = Math.max(2, 2 * metres * pixelsPerMetre(middle, screen.zoom));
  context.stroke();
  context.strokeStyle = STROKE;
  context.lineWidth = 2;
  context.stroke();
}

function trace(context: CanvasRenderingContext2D, screen: Screen, corners: readonly Position[]): void {
  corners.forEach((corner, at) => {
    const { x, y } = screen.pixel(toPlace(corner));
    if (at === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
}

function drawCorners(context: CanvasRenderingContext2D, screen: Screen, corners: readonly Position[]): void {
  context.fillStyle = '#fff';
  context.strokeStyle = STROKE;
  context.lineWidth = 2;
  for (const corner of corners) {
    const { x, y } = screen.pixel(toPlace(corner));
    context.beginPath();
    context.arc(x, y, 4, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}
