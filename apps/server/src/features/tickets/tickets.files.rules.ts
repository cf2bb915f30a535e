/** What a file is, told from its first bytes and not from its name; what we do not know is served as plain bytes. */
const SIGNATURES: [mediaType: string, offset: number, bytes: string][] = [
  ["image/png", 0, "89504e470d0a1a0a"], ["image/jpeg", 0, "ffd8ff"], ["image/gif", 0, "47494638"], ["application/pdf", 0, "255044462d"],
  ["image/webp", 8, "57454250"], ["audio/wav", 8, "57415645"], ["audio/ogg", 0, "4f676753"], ["audio/mpeg", 0, "494433"], ["audio/mpeg", 0, "fffb"],
  ["video/mp4", 4, "66747970"], ["video/webm", 0, "1a45dfa3"], ["application/gzip", 0, "1f8b"], ["application/x-7z-compressed", 0, "377abcaf271c"],
  ["application/msword", 0, "d0cf11e0a1b11ae1"],
];

/** Office files are zips; only their names tell them apart, which is harmless: they are only ever downloaded. */
const ZIPPED: Record<string, string> = {
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation", odt: "application/vnd.oasis.opendocument.text", ods: "application/vnd.oasis.opendocument.spreadsheet",
};

export const SNIFF_BYTES = 4_096;

export function mediaTypeOf(head: Uint8Array, name: string): string {
  const hex = Buffer.from(head.subarray(0, 32)).toString("hex");
  const known = SIGNATURES.find(([, offset, bytes]) => hex.startsWith(bytes, offset * 2));
  if (known) return known[0];
  if (hex.startsWith("504b0304")) return ZIPPED[name.split(".").pop()?.toLowerCase() ?? ""] ?? "application/zip";
  return head.length > 0 && isText(head) ? "text/plain" : "application/octet-stream";
}

/** UTF-8 without control characters; HTML and SVG are text too, and served as such. */
function isText(head: Uint8Array): boolean {
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27) || byte === 127)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** A name that is only a name: no folders, no control characters, nothing that turns the direction of reading. */
export function safeFileName(given: string): string {
  const last = given.normalize("NFC").split(/[/\\]/).pop() ?? "";
  const plain = last.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}<>:"|?*]/gu, "").replaceAll(/\s+/g, " ").replace(/^[.\s]+/, "").trim();
  if (plain === "") return "file";
  const dot = plain.lastIndexOf(".");
  const extension = dot > 0 && plain.length - dot <= 12 ? plain.slice(dot) : "";
  return Array.from(plain.slice(0, plain.length - extension.length)).slice(0, 120).join("") + extension;
}
