export const CODE_DIGITS = 6;
export const CODE_S = 10 * 60;
export const CODE_TRIES = 5;
/** A session ends after so long without being used, and in any case after so long. */
export const IDLE_S = 2 * 86_400;
export const LONGEST_S = 14 * 86_400;

/** An address as it is compared; null for what is none. */
export function addressOf(typed: string): string | null {
  const address = typed.normalize("NFC").trim().toLowerCase();
  return address.length <= 160 && /^[^\s@,;:<>()"\\]+@[^\s@,;:<>()"\\]+$/.test(address) ? address : null;
}

/** The digits of a code however it was typed or pasted. */
export const codeOf = (typed: string): string => typed.replaceAll(/\D/g, "").slice(0, 20);

/** Who asks, for counting: of IPv6 the /64, for a household or a server has all of it. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped || !ip.includes(":")) return mapped ?? ip;
  const [head = "", tail] = ip.split("%")[0]!.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const all = tail === undefined ? left : [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0"), ...right];
  return `${all.slice(0, 4).map((part) => Number.parseInt(part, 16).toString(16)).join(":")}::/64`;
}
