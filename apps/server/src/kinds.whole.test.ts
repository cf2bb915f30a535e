import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { fromTemplate, leftOut } from "./features/declarations/declarations.template.rules.ts";
import { flowPrompts } from "./features/ivr/index.ts";
import { describeProblems, projectFolders, readDeclarations, readFolder, textsOf } from "./features/projects/index.ts";
import { textKinds } from "./kinds.ts";

const { texts, problems } = await readFolder(fileURLToPath(new URL("../../../projects", import.meta.url)));

test("every text of the repository can be read", () => {
  expect(problems).toEqual([]);
});

describe.each(projectFolders(texts))("R358 a project from the template %s", (template) => {
  test.each([[["en", "ru", "sl"]], [["sl"]], [["ru", "en"]], [["en"]]])("can be used at once in %j", (languages) => {
    const wanted = { key: "made", name: { en: "Klas Bakery", ru: "Пекарня «Клас»", sl: "Pekarna Klas" }, languages, defaultLanguage: languages[0]!, numbers: ["+38615550777"], callerId: "+38615550777", ticketPrefix: "KLS", mailFrom: "info@klas.example" };
    const made = new Map([...texts, ...[...fromTemplate(textsOf(texts, template), wanted)].map(([path, text]): [string, string] => [`made/${path}`, text])]);
    const read = readDeclarations(made, { kinds: textKinds, projects: ["internet", "made", "shop", "taxi"] });
    if (!read.ok) throw new Error(describeProblems(read));
    const declared = read.declarations.projects.find(({ project }) => project.key === "made")!;
    expect(declared.project).toMatchObject({ name: wanted.name, languages, numbers: wanted.numbers });
    expect(JSON.stringify(declared)).not.toContain(textsOf(texts, template).get("project.yaml")!.match(/^name: \{ en: "?([^,"]+)/m)![1]!);
    // No phrase recorded in the template's own name is played; those left out are named.
    expect(flowPrompts(declared.ivr).filter(({ key }) => key.startsWith("welcome_"))).toEqual([]);
    expect(made.get("made/ivr.yaml")).toContain(leftOut(textsOf(texts, template)).join(", "));
    expect(leftOut(textsOf(texts, template))).toEqual([`welcome_${template}`]);
    const spoken = Object.values(declared.ivr.steps).flatMap((step) => (step.do === "set_language" ? [step.language] : []));
    expect(spoken.filter((language) => !languages.includes(language))).toEqual([]);
  });
});
