// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chimneylab::scenario {
namespace {

std::string objection(std::string_view text) {
    Problems problems("file.yaml");
    EXPECT_FALSE(parse_document(text, problems));
    const auto found = problems.take();
    return found.size() == 1 ? found.front().to_text() : "";
}

TEST(Document, KnowsLineAndColumnOfEveryNode) {
    Problems problems("file.yaml");
    const auto root = parse_document("a: 1\nb:\n  - x\n  - {c: y}\n", problems);
    ASSERT_TRUE(root && problems.empty());
    EXPECT_EQ(root->entries[1].key.where, (Location{2, 1}));
    EXPECT_EQ(root->entries[1].value.items[1].entries[0].value.where, (Location{4, 9}));
    EXPECT_EQ(root->entries[0].value.scalar, "1");
}

TEST(Document, KeepsDuplicateKeys) {
    Problems problems("file.yaml");
    const auto root = parse_document("a: 1\na: 2\n", problems);
    ASSERT_TRUE(root);
    EXPECT_EQ(root->entries.size(), 2u);
}

TEST(Document, RefusesABillionLaughs) {
    std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int k = 0; k < 8; ++k) bomb += "," + before;
        bomb += "]\n";
    }
    EXPECT_THAT(objection(bomb), testing::AllOf(testing::StartsWith("file.yaml:1:"), testing::HasSubstr("aliases")));
    EXPECT_THAT(objection("a: b\nc: *d\n"), testing::StartsWith("file.yaml:2:"));
}

TEST(Document, RefusesDepthSizeTagsAndSecondDocuments) {
    EXPECT_THAT(objection(std::string(100, '[') + std::string(100, ']')), testing::HasSubstr("nested deeper"));
    EXPECT_THAT(objection(std::string(100000, '[')), testing::HasSubstr("nested deeper"));
    EXPECT_THAT(objection(std::string((std::size_t{1} << 20) + 1, 'a')), testing::HasSubstr("bytes"));
    std::string many = "[";
    for (int i = 0; i < 200000; ++i) many += "1,";
    EXPECT_THAT(objection(many + "1]"), testing::HasSubstr("more than 100000 values"));
    EXPECT_THAT(objection("a: !!binary aGVsbG8=\n"), testing::HasSubstr("tags"));
    EXPECT_THAT(objection("a: 1\n---\nb: 2\n"),
                testing::AllOf(testing::HasSubstr("second YAML document"), testing::StartsWith("file.yaml:2:")));
    EXPECT_THAT(objection(""), testing::HasSubstr("empty"));
    EXPECT_THAT(objection("# only a comment\n"), testing::HasSubstr("empty"));
}

TEST(Document, RefusesWhatIsNotUtf8WithItsPlace) {
    EXPECT_THAT(objection("a: b\nc: \xff\n"), testing::StartsWith("file.yaml:2:4: not UTF-8"));
    EXPECT_THAT(objection("a: \xc0\xaf\n"), testing::HasSubstr("not UTF-8"));      // overlong
    EXPECT_THAT(objection("a: \xed\xa0\x80\n"), testing::HasSubstr("not UTF-8"));  // surrogate
    EXPECT_THAT(objection("a: \xe2\x82"), testing::HasSubstr("not UTF-8"));        // cut off
    EXPECT_THAT(objection(std::string_view("a: \0b\n", 6)), testing::HasSubstr("not UTF-8"));
    EXPECT_THAT(objection("\xff\xfe"
                          "a\0:\0"),
                testing::StartsWith("file.yaml:1:1:"));
}

TEST(Document, ReportsBrokenYamlWithItsPlace) {
    EXPECT_THAT(objection("a: [1, 2\nb: 3\n"), testing::StartsWith("file.yaml:2:"));
    EXPECT_THAT(objection("a:\n\t- b\n"), testing::StartsWith("file.yaml:2:"));
    EXPECT_THAT(objection("a: }\n"), testing::HasSubstr("not well-formed YAML"));
}

}  // namespace
}  // namespace chimneylab::scenario
