import type { handoverChoices } from "@linija/server/contract/handovers/handovers";
import type { z } from "zod";

export type Choices = z.infer<typeof handoverChoices.reply>;
export type Circle = Choices["circles"][number];
/** A department has its own key; the other circles are one of their kind. */
export const keyOf = ({ circle, department }: Circle): string => department ?? circle;
