import type { Builtin } from "./builtin.ts";
import { CHOICE_FUNCTIONS } from "./functions.choice.ts";
import { LIST_FUNCTIONS } from "./functions.list.ts";
import { MACROS } from "./functions.macro.ts";
import { NUMBER_FUNCTIONS } from "./functions.number.ts";
import { TEXT_FUNCTIONS } from "./functions.text.ts";
import { TIME_FUNCTIONS } from "./functions.time.ts";

/** Every function of the language by name, in the order in which editors offer them. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map(
  [...CHOICE_FUNCTIONS, ...TEXT_FUNCTIONS, ...MACROS, ...LIST_FUNCTIONS, ...NUMBER_FUNCTIONS, ...TIME_FUNCTIONS].map((builtin) => [builtin.key, builtin]),
);
