import { authoritySchema, checkAuthority } from "../processes/index.ts";
import { readBySchema, type TextKind } from "../projects/index.ts";

/** `authority.yaml` of a project, or the common one: what each role may decide alone. */
export const authorityKind: TextKind = {
  at: "authority.yaml",
  read(text) {
    const read = readBySchema(text, authoritySchema);
    return read.value ? { value: read.value, problems: checkAuthority(read.value) } : read;
  },
};
