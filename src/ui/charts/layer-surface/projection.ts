/** How the surface is looked at. Radians. */
export interface ViewAngle {
  /** Turned about the upright axis; 0 looks along the ranks. */
  readonly azimuth: number;
  /** Looked down upon; 0 is level, π/2 from above. */
  readonly elevation: number;
}

/** A point of the box the surface stands in: layer and rank −1 … 1, height 0 … 1. */
export interface BoxPoint {
  readonly layer: number;
  readonly rank: number;
  readonly height: number;
}

/** A point on screen: pixels, and how far away it is (larger is farther). */
export interface Projected {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
}

export const FIRST_VIEW: ViewAngle = { azimuth: -0.45, elevation: 0.6 };

/** Steeper than level and shallower than from above: at either end the surface is no surface. */
const ELEVATIONS = [0.15, 1.4] as const;
/** Proportions of the box: layers are more than ranks, and heights less than either. */
const ASPECT = { layer: 1, rank: 0.62, height: 0.9 } as const;

/** The view turned by these angles, kept where the surface can be read. */
export function turned(view: ViewAngle, azimuth: number, elevation: number): ViewAngle {
  return {
    azimuth: view.azimuth + azimuth,
    elevation: Math.min(ELEVATIONS[1], Math.max(ELEVATIONS[0], view.elevation + elevation)),
  };
}

function orthographic(point: BoxPoint, { azimuth, elevation }: ViewAngle): Projected {
  const [u, v, w] = [
    point.layer * ASPECT.layer,
    point.rank * ASPECT.rank,
    (point.height - 0.5) * ASPECT.height,
  ];
  const away = u * Math.sin(azimuth) + v * Math.cos(azimuth);
  return {
    x: u * Math.cos(azimuth) - v * Math.sin(azimuth),
    y: -(w * Math.cos(elevation) + away * Math.sin(elevation)),
    depth: away * Math.cos(elevation) - w * Math.sin(elevation),
  };
}

/** Corners of the box. */
const CORNERS: readonly BoxPoint[] = [-1, 1].flatMap((layer) =>
  [-1, 1].flatMap((rank) => [0, 1].map((height) => ({ layer, rank, height }))),
);

/** Orthographic projection of the box that fills a rectangle of pixels, whatever the view. */
export function projection(
  view: ViewAngle,
  room: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number },
): (point: BoxPoint) => Projected {
  const corners = CORNERS.map((corner) => orthographic(corner, view));
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  // Layers may be stretched along the page: the room is wider than the box.
  const wide = (room.right - room.left) / (x1 - x0);
  const high = (room.bottom - room.top) / (y1 - y0);
  return (point) => {
    const { x, y, depth } = orthographic(point, view);
    return {
      x: (room.left + room.right) / 2 + (x - (x0 + x1) / 2) * wide,
      y: (room.top + room.bottom) / 2 + (y - (y0 + y1) / 2) * high,
      depth,
    };
  };
}
