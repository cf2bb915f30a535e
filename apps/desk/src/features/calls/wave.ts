export interface Wave { left: number[]; right: number[]; /** 0…1 of it heard. */ done: number }
const barPx = 2;
const gapPx = 1;
/** Strength of what is still to come. */
const toCome = 0.45;

/** Loudest peak of each bar; how many buckets fall into a bar depends on the width. */
export function barsOf(peaks: number[], count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * peaks.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * peaks.length) / count));
    return peaks.slice(from, to).reduce((loudest, each) => Math.max(loudest, each), 0) / 255;
  });
}

/** The client's voice rises above the middle, the operator's hangs below; each in its own colour, what is heard in full strength. */
export function drawWave(canvas: HTMLCanvasElement, wave: Wave): void {
  const brush = canvas.getContext("2d");
  if (!brush) return;
  const scale = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = width * scale;
  canvas.height = height * scale;
  brush.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const count = Math.floor(width / (barPx + gapPx));
  const middle = height / 2;
  const sides = [{ bars: barsOf(wave.left, count), up: true, paint: color("--wave-left") }, { bars: barsOf(wave.right, count), up: false, paint: color("--wave-right") }];
  for (const { bars, up, paint } of sides) {
    brush.fillStyle = paint;
    for (const [index, value] of bars.entries()) {
      // The square root lifts quiet speech: peaks are linear, ears are not.
      const size = Math.max(0.75, Math.sqrt(value) * (middle - 1));
      brush.globalAlpha = index / count < wave.done ? 1 : toCome;
      brush.fillRect(index * (barPx + gapPx), up ? middle - size : middle, barPx, size);
    }
  }
}
