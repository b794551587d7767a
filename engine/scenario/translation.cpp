// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/translation.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "engine/scenario/folded_lines.h"
#include "engine/scenario/placeholders.h"
#include "engine/scenario/scenario_reader.h"

namespace chimneylab::scenario {

namespace {

constexpr KeyFormat translation_keys[] = {{"scenario", true}, {"language", true}, {"title"},     {"part"},    {"teaches"},
                                          {"steps"},          {"narration"},      {"questions"}, {"variants"}};
constexpr KeyFormat step_keys[] = {{"name", true}, {"text", true}};
constexpr KeyFormat narration_keys[] = {{"at", true}, {"say", true}};
constexpr KeyFormat question_keys[] = {{"at", true}, {"ask"}, {"choices"}, {"because"}};
constexpr KeyFormat variant_keys[] = {{"name", true}, {"title"}, {"teaches"}};
constexpr MappingFormat formats[] = {
    {"translation", "a translation", translation_keys},
    {"step", "a translated step", step_keys},
    {"narration", "a translated narration", narration_keys},
    {"question", "a translated question", question_keys},
    {"variant", "a translated variant", variant_keys},
};
enum : std::size_t { translation_format, step_format, narration_format, question_format, variant_format };

// Bytes. Other scripts need up to three times as many as English for as much text.
constexpr std::size_t longest_line = 600, longest_text = 8000;

bool same_events(const EventPattern& a, const EventPattern& b) {
    return a.kind == b.kind && a.function == b.function && a.layer == b.layer && a.caller == b.caller &&
           a.conversion == b.conversion && a.operation == b.operation && a.step == b.step && a.block == b.block &&
           a.status == b.status && a.occurrence == b.occurrence;
}

// One translation while it is laid over a copy of its scenario.
class TranslationReader {
public:
    TranslationReader(const Scenario& scenario, std::string_view language, Problems& problems)
        : original_(scenario), language_(language), problems_(problems), fields_(problems), patterns_(problems, scenario) {
        result_.scenario = scenario;
        result_.language = language;
    }

    Translated read(const Node& root) {
        const MappingFields fields(root, formats[translation_format], problems_);
        check(fields.find("scenario"), "the id of the scenario", original_.id);
        check(fields.find("language"), "the language", language_);
        take(fields.find("title"), "the title", result_.scenario.title, longest_line);
        take(fields.find("part"), "the part", result_.scenario.part, longest_line);
        take(fields.find("teaches"), "what the scenario teaches", result_.scenario.teaches);
        read_steps(fields.find("steps"));
        read_narration(fields.find("narration"));
        read_questions(fields.find("questions"));
        read_variants(fields.find("variants"));
        return std::move(result_);
    }

private:
    void check(const Node* node, std::string_view what, std::string_view wanted) {
        const std::optional<std::string> found = fields_.text(node, what, 100);
        if (!found || *found == wanted) return;
        fields_.problem(*node, std::string(what) + " is " + in_quotes(wanted) + " here, not " + in_quotes(*found),
                        "Write " + in_quotes(wanted) + ", or move the file to where it belongs.");
    }

    // Puts the words in the place of the English ones, or notes that there are none for them.
    void take(const Node* node, std::string_view what, std::string& text, std::size_t longest = longest_text) {
        if (!node) {
            if (!text.empty()) result_.missing.emplace_back(what);
            return;
        }
        std::optional<std::string> words = fields_.text(node, what, longest);
        if (!words) return;
        const std::string joined = without_breaks(*words);
        if (const std::string unknown = unknown_placeholder(joined); !unknown.empty() && unknown_placeholder(text).empty())
            fields_.problem(*node, std::string(what) + " has the unknown placeholder " + in_quotes(unknown),
                            "Use the placeholders of the English text and no others.");
        for (std::string_view name : placeholder_names()) {
            const std::string placeholder = "{" + std::string(name) + "}";
            const bool there = joined.find(placeholder) != std::string::npos;
            if (there == (text.find(placeholder) != std::string::npos)) continue;
            if (there)
                fields_.problem(*node, std::string(what) + " has " + placeholder + ", which the scenario does not have there",
                                "Use the placeholders of the English text and no others.");
            else
                fields_.problem(*node, std::string(what) + " lacks " + placeholder + ", which the scenario has there",
                                "Put it where the event's own words belong in the sentence.");
            break;  // one is enough to look at the sentence
        }
        text = joined;
    }

    void read_steps(const Node* node) {
        std::vector<bool> done(original_.steps.size(), false);
        std::vector<std::string_view> names;
        for (const Step& step : original_.steps) names.push_back(step.name);
        for (const Node* item : fields_.list(node, "the list of translated steps", Bounds::steps)) {
            const MappingFields fields(*item, formats[step_format], problems_);
            const auto name = fields_.name(fields.find("name"), "the name of a step");
            if (!name) continue;
            const std::optional<std::size_t> index = named(*fields.find("name"), *name, "step", names, done);
            if (index) take(fields.find("text"), "the text of step '" + *name + "'", result_.scenario.steps[*index].text, longest_line);
        }
        for (std::size_t i = 0; i < done.size(); ++i)
            if (!done[i] && !original_.steps[i].text.empty()) result_.missing.push_back("the text of step '" + original_.steps[i].name + "'");
    }

    void read_narration(const Node* node) {
        std::vector<bool> done(original_.narration.size(), false);
        for (const Node* item : fields_.list(node, "the translated narration", Bounds::texts)) {
            const MappingFields fields(*item, formats[narration_format], problems_);
            const auto index = bound(fields.find("at"), original_.narration, "narration", done);
            if (index) take(fields.find("say"), "what is said", result_.scenario.narration[*index].say);
        }
        miss(original_.narration, "narration", done);
    }

    void read_questions(const Node* node) {
        std::vector<bool> done(original_.questions.size(), false);
        for (const Node* item : fields_.list(node, "the list of translated questions", Bounds::texts)) {
            const MappingFields fields(*item, formats[question_format], problems_);
            const auto index = bound(fields.find("at"), original_.questions, "question", done);
            if (!index) continue;
            const std::string which = "question " + std::to_string(*index + 1);
            Question& question = result_.scenario.questions[*index];
            take(fields.find("ask"), which + ", what is asked", question.ask);
            take(fields.find("because"), which + ", the explanation", question.because);
            const Node* choices = fields.find("choices");
            if (!choices) {
                result_.missing.push_back(which + ", the choices");
                continue;
            }
            const std::vector<const Node*> items = fields_.list(choices, "the choices", 8);
            if (items.empty()) continue;
            if (items.size() != question.choices.size()) {
                fields_.problem(*choices,
                                which + " has " + std::to_string(question.choices.size()) +
                                    " choices in the scenario, but " + std::to_string(items.size()) + " here",
                                "Translate every choice, in the same order.");
                continue;
            }
            for (std::size_t i = 0; i < items.size(); ++i)
                take(items[i], which + ", choice " + std::to_string(i + 1), question.choices[i], 1500);
        }
        miss(original_.questions, "question", done);
    }

    void read_variants(const Node* node) {
        std::vector<bool> done(original_.variants.size(), false);
        std::vector<std::string_view> names;
        for (const Variant& variant : original_.variants) names.push_back(variant.name);
        for (const Node* item : fields_.list(node, "the list of translated variants", 64)) {
            const MappingFields fields(*item, formats[variant_format], problems_);
            const auto name = fields_.name(fields.find("name"), "the name of a variant");
            if (!name) continue;
            const std::optional<std::size_t> index = named(*fields.find("name"), *name, "variant", names, done);
            if (!index) continue;
            Variant& variant = result_.scenario.variants[*index];
            take(fields.find("title"), "the title of variant '" + *name + "'", variant.title, longest_line);
            take(fields.find("teaches"), "what variant '" + *name + "' teaches", variant.teaches);
        }
        for (std::size_t i = 0; i < done.size(); ++i)
            if (!done[i]) result_.missing.push_back("variant '" + original_.variants[i].name + "'");
    }

    // The position of the thing with this name; a problem when there is none or it has been translated already.
    std::optional<std::size_t> named(const Node& node, const std::string& name, std::string_view what,
                                     const std::vector<std::string_view>& names, std::vector<bool>& done) {
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) {
            fields_.problem(node, original_.id + " has no " + std::string(what) + " " + in_quotes(name), suggest(name, names));
            return std::nullopt;
        }
        const auto index = static_cast<std::size_t>(found - names.begin());
        if (done[index]) {
            fields_.problem(node, "the " + std::string(what) + " " + in_quotes(name) + " is translated twice", "Keep one of the two.");
            return std::nullopt;
        }
        done[index] = true;
        return index;
    }

    // The position of what the scenario binds to the same events.
    template <typename Bound>
    std::optional<std::size_t> bound(const Node* at, const std::vector<Bound>& all, std::string_view what, std::vector<bool>& done) {
        if (!at) return std::nullopt;
        const std::size_t before = problems_.size();
        const EventPattern pattern = patterns_.read_pattern(*at);
        if (problems_.size() != before) return std::nullopt;
        bool twice = false;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!same_events(all[i].at, pattern)) continue;
            if (!done[i]) {
                done[i] = true;
                return i;
            }
            twice = true;
        }
        if (twice)
            fields_.problem(*at, "the " + std::string(what) + " at these events is translated twice", "Keep one of the two.");
        else
            fields_.problem(*at, original_.id + " has no " + std::string(what) + " at these events",
                            "Copy 'at' from the " + std::string(what) + " of the scenario that this one translates.");
        return std::nullopt;
    }

    template <typename Bound>
    void miss(const std::vector<Bound>& all, std::string_view what, const std::vector<bool>& done) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!done[i])
                result_.missing.push_back(std::string(what) + " " + std::to_string(i + 1) + ", line " +
                                          std::to_string(all[i].at.where.line) + " of the scenario");
        }
    }

    const Scenario& original_;
    std::string_view language_;
    Problems& problems_;
    FieldReader fields_;
    ScenarioReader patterns_;
    Translated result_;
};

Translated untranslated(const Scenario& scenario, std::vector<Problem> problems = {}) {
    Translated result;
    result.scenario = scenario;
    result.problems = std::move(problems);
    return result;
}

}  // namespace

std::span<const MappingFormat> translation_formats() { return formats; }

std::string translation_path(const Scenario& scenario, std::string_view language) {
    const std::filesystem::path source(scenario.source);
    const std::string_view code = language_of_locale(language);
    if (!source.has_filename() || code == english || code.empty()) return {};
    return (source.parent_path() / "translations" / code / source.filename()).string();
}

Translated translate(const Scenario& scenario, std::string_view language, std::string_view name, std::string_view text) {
    Problems problems{std::string(name)};
    Translated result = untranslated(scenario);
    if (const std::optional<Node> root = parse_document(text, problems)) result = TranslationReader(scenario, language, problems).read(*root);
    if (!problems.empty()) return untranslated(scenario, problems.take());
    return result;
}

Translated translate(const Scenario& scenario, std::string_view language) {
    const std::string path = translation_path(scenario, language);
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (path.empty() || !std::filesystem::exists(status)) return untranslated(scenario);
    const auto refuse = [&](std::string what, std::string remedy) {
        return untranslated(scenario, {{path, 0, 0, std::move(what), std::move(remedy)}});
    };
    // A pipe or device could block or never end.
    if (!std::filesystem::is_regular_file(status)) return refuse("this is no regular file", "Put the translation there.");
    std::ifstream file(path, std::ios::binary);
    if (!file) return refuse("the file cannot be opened", "Check its permissions.");
    // One byte more than a document may have: parse_document says that it is too large.
    std::string text(DocumentLimits{}.bytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return refuse("the file cannot be read", "Check the disk.");
    text.resize(static_cast<std::size_t>(file.gcount()));
    return translate(scenario, language_of_locale(language), path, text);
}

}  // namespace chimneylab::scenario
