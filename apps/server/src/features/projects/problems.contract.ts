import { type Language, type Text } from "./texts.contract.ts";

/**
 * Everything that can be wrong with a declaration: the key of its remedy, then what both texts are filled with. The words stand in
 * `messages/{en,ru,sl}.yaml` as `problem_<code>` and `remedy_<key>`; `projects.problems.whole.test.ts` holds them to this table.
 */
export const problems = {
  // The rest of a list too long to be read.
  more: ["mend_these", "count"],
  // The text itself.
  file_missing: ["add_file"], unknown_file: ["right_place"], text_too_large: ["split_text", "size", "most"], not_text: ["save_as_text"], not_utf8: ["save_as_utf8"], sign_unfit: ["remove_sign"],
  link: ["no_links"], unreadable: ["check_rights", "text"], nested: ["bracket_too_many", "most"], nested_aliases: ["write_out"], aliases: ["write_out", "text"], yaml: ["correct_yaml", "text"], key_twice: ["keep_one"],
  schema_unknown: ["remove_or_correct", "names"], schema_missing: ["add_it", "text"], schema_choice: ["one_of", "text", "names"], schema_value: ["correct_value", "text"],
  other_key: ["name_as_key", "name", "file"], other_folder: ["name_folder", "name", "folder"], expression: ["correct_expression", "text"], expression_at: ["correct_expression", "text", "line", "column"],
  // An archive of texts.
  zip_unreadable: ["export_again"], zip_broken: ["export_again", "text"], zip_link: ["no_links_in_zip"], zip_empty: ["fill_zip"], zip_too_large: ["smaller_zip", "files", "size", "most_files", "most"],
  zip_twice: ["keep_one"], zip_outside: ["plain_paths"],
  // Names that lead nowhere.
  no_project_folder: ["add_project"], no_folder: ["one_of", "name", "names"], no_project: ["one_of", "name", "names"], no_process: ["one_of", "name", "names"], no_form: ["one_of", "name", "names"],
  no_skill: ["one_of_or_declare", "name", "names", "where"], no_notice: ["one_of", "name", "names"], no_type: ["one_of", "name", "names"], no_queue: ["one_of", "name", "names"], no_disposition: ["one_of", "name", "names"], no_reason: ["one_of", "name", "names"],
  no_department: ["one_of", "name", "names"], no_right: ["one_of", "name", "names"], no_lookup: ["one_of", "name", "names"], no_guide_step: ["one_of", "name", "names"], no_guide_variable: ["one_of", "name", "names"],
  no_transition_anywhere: ["one_of", "name", "names"], no_stage: ["one_of_or_declare", "name", "names", "where"], no_field: ["declare", "name", "where"], no_policy: ["declare", "name", "where"],
  no_checklist: ["declare", "name", "where"], no_transition: ["declare", "name", "where"], no_deed: ["one_of_or_add", "name", "names"], no_authority: ["add_authority", "name"],
  // A project and the company.
  twice: ["own_key", "name"], default_language: ["one_of", "names"], not_spoken: ["one_of", "name", "names"], notice_variable: ["notice_variables", "name"], notice_uneven: ["same_variables", "name"],
  number_of_company: ["one_place", "number"], number_of_project: ["one_place", "number", "name"], prefix_taken: ["other_letters", "prefix", "name"], person_taken: ["own_login", "name"],
  department_held: ["empty_department", "name", "key", "people", "tickets"],
  // A process.
  not_employee: ["employee_field", "name"], not_in_form: ["one_of", "name", "names"], no_colleague_in_form: ["look_up_colleague", "name"], not_leaving: ["add_to_from", "name", "stage"], not_system: ["add_system", "name"], timer_requires: ["timer_plain", "name"], timer_circle: ["slower_circle", "name", "way", "hours"], stage_unreached: ["lead_or_remove", "name"],
  stage_stuck: ["lead_out_or_final", "name"], automatic_not_system: ["add_system_here"], automatic_approval: ["person_or_no_approval"], automatic_requires: ["compute_with_set"], automatic_circle: ["person_in_circle", "name"],
  refusal_not_leaving: ["add_all_to_from", "name"], refusal_requires: ["require_none", "name"], limits_differ: ["one_currency", "names"],
  amount_not_money: ["money_of_limits", "name", "currency"], amount_not_number: ["number_of_limits", "name"], percent_late: ["percent_at_most", "percent", "most"], answer_not_text: ["answer_text_field", "name"],
  // What callers hear, doors for other systems.
  no_step: ["step_or_declare", "name", "names"], flow_circle: ["say_or_end"], flow_step_unreached: ["point_or_remove", "name"], flow_chooses_project: ["by_queue_or_company"],
  flow_unheard: ["past_to_queue"], flow_unheard_menu: ["past_to_queue"], flow_unheard_offer: ["past_to_queue"], flow_unheard_project: ["past_to_queue"],
  hook_name: ["expression_name", "name"], hook_no_fields: ["leave_out", "name"], hook_no_field: ["one_of", "name", "names"],
  // A form, places, a document, a guide.
  duty_requires: ["require_subject_only", "name", "names"], form: ["form_builder", "text"], streets_many: ["fewer_streets", "count", "most"], street_twice: ["remove_it", "name"], street_empty: ["remove_it", "name"], document_expression: ["variables_catalogue", "source", "text"], document_unclosed: ["close_braces", "source"],
  step_no_way: ["give_way"], step_many_ways: ["keep_one_way"], choice_empty: ["add_options"], asked_twice: ["ask_once", "name"], step_unreached: ["lead_choice"], step_endless: ["lead_to_end"],
} as const satisfies Record<string, readonly [remedy: string, ...params: string[]]>;

export type ProblemCode = keyof typeof problems;
/** Names are listed with commas; a text is said in the reader's language. */
export type ProblemParams = Readonly<Record<string, string | number | Text | readonly string[]>>;
type ParamsOf<C extends ProblemCode> = (typeof problems)[C] extends readonly [string, ...infer Names extends string[]] ? { readonly [N in Names[number]]: ProblemParams[string] } : never;

/** What is wrong, without words: they are found where it is told (`wordsOf`). */
export interface ToldProblem { code: ProblemCode; params: ProblemParams }
/** One mistake in a declaration, at its place. */
export interface PlacedProblem extends ToldProblem { path: (string | number)[] }

type More<C extends ProblemCode> = keyof ParamsOf<C> extends never ? [] : [params: ParamsOf<C>];
export const told = <C extends ProblemCode>(code: C, ...[params]: More<C>): ToldProblem => ({ code, params: params ?? {} });
export const problem = <C extends ProblemCode>(path: (string | number)[], code: C, ...params: More<C>): PlacedProblem => ({ path, ...told(code, ...params) });

/** What another language of problems (expressions, forms) has to say, in every language. */
export const inAll = (say: (language: Language) => string): Text => ({ en: say("en"), ru: say("ru"), sl: say("sl") });
