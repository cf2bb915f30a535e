import { z } from "zod";
import { isCron } from "../../platform/cron.ts";
import { roles } from "../access/access.contract.ts";
import { problem, readBySchema, type KindProblem, type TextKind } from "../projects/index.ts";
import { keySchema, textSchema } from "../projects/texts.contract.ts";

/** Minute, hour, day, month, day of the week, by the clock of the project's zone. */
const cron = z.string().max(100).refine(isCron, "schema_cron");
const who = z.union([z.strictObject({ role: z.enum(roles) }), z.strictObject({ department: keySchema })]);
const dutySchema = z.strictObject({ type: keySchema, subject: textSchema, every: cron, within_hours: z.number().positive().max(24 * 400), who });
export const dutiesSchema = z.strictObject({ duties: z.record(keySchema, dutySchema) });
export type Duty = z.output<typeof dutySchema>;
export type Duties = z.output<typeof dutiesSchema>;

/** `duties.yaml`: forms that somebody has to fill again and again. */
export const dutiesKind: TextKind = {
  at: "duties.yaml",
  read: (text) => readBySchema(text, dutiesSchema),
  check: (value, { types }, { departments }) => {
    const withForm = types.filter(({ form }) => form !== undefined).map(({ key }) => key);
    return Object.entries((value as Duties).duties).flatMap(([key, { type, who: owes }]): KindProblem[] => {
      if ("department" in owes && departments && !Object.hasOwn(departments, owes.department)) return [problem(["duties", key, "who", "department"], "no_department", { name: owes.department, names: Object.keys(departments) })];
      if (!withForm.includes(type)) return [problem(["duties", key, "type"], "no_type", { name: type, names: withForm })];
      // It is nobody's request: there is no client, no call and no description to take these from.
      const beyond = types.find((one) => one.key === type)!.requires.filter((one) => one !== "subject" && one !== "required_by");
      return beyond.length === 0 ? [] : [problem(["duties", key, "type"], "duty_requires", { name: type, names: beyond })];
    });
  },
};
