import type { Box, Point } from './drawing.ts';

/** Distance of a point to something drawn; negative inside. */
export type Distance = (x: number, y: number) => number;

/** Distance to the nearest of some polylines; one of a single point is a dot. */
export function toPolylines(lines: readonly (readonly Point[])[]): Distance {
  const segments = flat(
    lines.flatMap((line) => (line.length === 1 ? pairs([...line, ...line]) : pairs(line))),
  );
  return (x, y) => Math.sqrt(nearestSquared(segments, x, y));
}

/** Signed distance to a polygon's edge; the polygon need not be convex. */
export function toPolygon(points: readonly Point[]): Distance {
  const edges = flat(pairs([...points, ...points.slice(0, 1)]));
  return (x, y) => {
    const distance = Math.sqrt(nearestSquared(edges, x, y));
    return isInside(edges, x, y) ? -distance : distance;
  };
}

/** Signed distance to the edge of a box's ellipse; exact to first order near the edge. */
export function toEllipse([x1, y1, x2, y2]: Box): Distance {
  const [cx, cy, rx, ry] = [(x1 + x2) / 2, (y1 + y2) / 2, (x2 - x1) / 2, (y2 - y1) / 2];
  return (x, y) => {
    const u = (x - cx) / rx;
    const v = (y - cy) / ry;
    const level = Math.sqrt(u * u + v * v);
    const slope = Math.sqrt((u / rx) ** 2 + (v / ry) ** 2);
    return slope === 0 ? -Math.min(rx, ry) : (level * (level - 1)) / slope;
  };
}

function pairs(line: readonly Point[]): [Point, Point][] {
  return line.slice(1).flatMap((to, i): [Point, Point][] => line.slice(i, i + 1).map((from) => [from, to]));
}

/** Four numbers a segment. These loops run for every pixel: flat arrays, nothing made inside. */
function flat(segments: readonly (readonly [Point, Point])[]): Float64Array {
  return Float64Array.from(segments.flat(2));
}

function nearestSquared(segments: Float64Array, x: number, y: number): number {
  let nearest = Infinity;
  for (let i = 0; i < segments.length; i += 4) {
    const ax = segments[i] ?? 0;
    const ay = segments[i + 1] ?? 0;
    const ux = (segments[i + 2] ?? 0) - ax;
    const uy = (segments[i + 3] ?? 0) - ay;
    const length = ux * ux + uy * uy;
    const along = length === 0 ? 0 : ((x - ax) * ux + (y - ay) * uy) / length;
    const t = along < 0 ? 0 : along > 1 ? 1 : along;
    const dx = x - ax - t * ux;
    const dy = y - ay - t * uy;
    const squared = dx * dx + dy * dy;
    if (squared < nearest) nearest = squared;
  }
  return nearest;
}

/** Whether a ray to the right crosses the edges an odd number of times. */
function isInside(edges: Float64Array, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0; i < edges.length; i += 4) {
    const ay = edges[i + 1] ?? 0;
    const by = edges[i + 3] ?? 0;
    if (by > y === ay > y) continue;
    const ax = edges[i] ?? 0;
    if (x < ax + (((edges[i + 2] ?? 0) - ax) * (y - ay)) / (by - ay)) inside = !inside;
  }
  return inside;
}
