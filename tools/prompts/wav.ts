/** Telephone WAV files: 8 kHz, mono, G.711 µ-law (WAVE format 7). Samples in between are numbers from -1 to 1. */
export const sampleRate = 8_000;

const bias = 0x84;
const clip = 32_635;

/** One linear sample to one byte (ITU-T G.711, table 2a, with the bits inverted as they are sent). */
function muLawByte(sample: number): number {
  const pcm = Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
  const magnitude = Math.min(Math.abs(pcm), clip) + bias;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~((pcm < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

function muLawSample(byte: number): number {
  const bits = ~byte & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + bias) << ((bits >> 4) & 7);
  return ((bits & 0x80 ? bias - magnitude : magnitude - bias)) / 32_768;
}

/** The `fact` chunk is required for every format but PCM. */
export function encodeWav(samples: Float64Array): Buffer {
  const padded = samples.length + (samples.length % 2);
  const file = Buffer.alloc(58 + padded);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(50 + padded, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(18, 16);
  file.writeUInt16LE(7, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write("fact", 38, "latin1");
  file.writeUInt32LE(4, 42);
  file.writeUInt32LE(samples.length, 46);
  file.write("data", 50, "latin1");
  file.writeUInt32LE(samples.length, 54);
  samples.forEach((sample, index) => file.writeUInt8(muLawByte(sample), 58 + index));
  return file;
}

/** Reads what `encodeWav` wrote; anything else is refused. */
export function decodeWav(file: Buffer): Float64Array {
  const isOurs = file.toString("latin1", 0, 4) === "RIFF" && file.readUInt16LE(20) === 7 && file.readUInt16LE(22) === 1
    && file.readUInt32LE(24) === sampleRate && file.toString("latin1", 50, 54) === "data";
  if (!isOurs) throw new Error("not an 8 kHz mono µ-law WAV file");
  return Float64Array.from(file.subarray(58, 58 + file.readUInt32LE(54)), muLawSample);
}

/** Loudness in dB below full scale. With `gate`, only frames of 20 ms louder than that many dB count: speech, not pauses. */
export function rmsDb(samples: Float64Array, gate = Number.NEGATIVE_INFINITY): number {
  const frame = sampleRate / 50;
  let [sum, count] = [0, 0];
  for (let start = 0; start < samples.length; start += frame) {
    const part = samples.subarray(start, start + frame);
    const power = part.reduce((total, sample) => total + sample * sample, 0);
    if (10 * Math.log10(power / part.length) < gate) continue;
    sum += power;
    count += part.length;
  }
  return count === 0 ? Number.NEGATIVE_INFINITY : 10 * Math.log10(sum / count);
}
