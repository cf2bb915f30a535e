import { articlesKind } from "./features/articles/index.ts";
import { guidesKind } from "./features/guides/index.ts";
import { rulesKind } from "./features/automation/index.ts";
import { authorityKind } from "./features/tickets/index.ts";
import { formsKind, placesKind } from "./features/forms/index.ts";
import { documentKind } from "./features/documents/index.ts";
import { dutiesKind } from "./features/duties/index.ts";
import { hooksKind } from "./features/webhooks/index.ts";
import type { TextKind } from "./features/projects/index.ts";

/** Kinds of texts of a project that features above `projects` read: one line a feature. What none reads is only looked at as YAML. */
export const textKinds: readonly TextKind[] = [authorityKind, rulesKind, articlesKind, guidesKind, formsKind, placesKind, documentKind, hooksKind, dutiesKind];
