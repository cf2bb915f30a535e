import { formsKind, placesKind } from "./features/forms/index.ts";
import type { TextKind } from "./features/projects/index.ts";

/** Kinds of texts of a project that features above `projects` read: one line a feature. What none reads is only looked at as YAML. */
export const textKinds: readonly TextKind[] = [formsKind, placesKind];
