// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Reads the declaration text.
#include "engine/ddi/layout/declarations.h"

#include <cctype>
#include <stdexcept>

namespace chimneylab::layout {
namespace {

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) { next(); }

    std::vector<StructureDeclaration> all()
    {
        std::vector<StructureDeclaration> result;
        while (!token_.empty()) {
            result.push_back(structure());
        }
        return result;
    }

private:
    StructureDeclaration structure()
    {
        StructureDeclaration result;
        result.is_union = word("union");
        if (!result.is_union) {
            expect("struct");
        }
        result.name = identifier();
        result.aligned = word("@aligned");
        result.members = body();
        expect(";");
        return result;
    }

    std::vector<MemberDeclaration> body()
    {
        std::vector<MemberDeclaration> result;
        expect("{");
        while (!word("}")) {
            result.push_back(member());
        }
        return result;
    }

    MemberDeclaration member()
    {
        MemberDeclaration result;
        for (;;) {
            if (word("@x64")) {
                result.only = Arch::x64;
            } else if (word("@x86")) {
                result.only = Arch::x86;
            } else if (word("@aligned")) {
                result.alignment = RequestedAlignment::allocation;
            } else if (word("@pointer_aligned")) {
                result.alignment = RequestedAlignment::pointer;
            } else {
                break;
            }
        }
        const bool structure = word("struct");
        if (structure || word("union")) {
            result.kind = structure ? MemberDeclaration::Kind::structure : MemberDeclaration::Kind::union_;
            result.members = body();
            if (!word(";")) {
                result.name = identifier();
                expect(";");
            }
            return result;
        }
        if (word("CONST")) {
            result.type = "CONST ";
        }
        result.type += identifier();
        if (word("*")) {
            result.pointer = true;
            result.type += " *";
        }
        result.name = identifier();
        if (word("[")) {
            ArrayLength length;
            length.count = number();
            if (word("*")) {
                expect("pointer");
                length.times_pointer_size = true;
            }
            expect("]");
            result.array = length;
        } else if (word(":")) {
            result.bits = number();
        }
        expect(";");
        return result;
    }

    static bool is_identifier(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

    void next()
    {
        while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_])) != 0) {
            line_ += text_[position_] == '\n' ? 1 : 0;
            ++position_;
        }
        const auto begin = position_;
        if (begin == text_.size()) {
            token_ = {};
            return;
        }
        ++position_;
        if (is_identifier(text_[begin]) || text_[begin] == '@') {
            while (position_ < text_.size() && is_identifier(text_[position_])) {
                ++position_;
            }
        }
        token_ = text_.substr(begin, position_ - begin);
    }

    bool word(std::string_view wanted)
    {
        if (token_ != wanted) {
            return false;
        }
        next();
        return true;
    }

    void expect(std::string_view wanted)
    {
        if (!word(wanted)) {
            fail("'" + std::string(wanted) + "'");
        }
    }

    std::string identifier()
    {
        if (token_.empty() || !is_identifier(token_.front()) ||
            std::isdigit(static_cast<unsigned char>(token_.front())) != 0) {
            fail("a name");
        }
        std::string result(token_);
        next();
        return result;
    }

    std::uint32_t number()
    {
        std::uint32_t result = 0;
        if (token_.empty() || token_.size() > 6) {
            fail("a number");
        }
        for (const char c : token_) {
            if (c < '0' || c > '9') {
                fail("a number");
            }
            result = result * 10 + static_cast<std::uint32_t>(c - '0');
        }
        next();
        return result;
    }

    [[noreturn]] void fail(const std::string& wanted) const
    {
        throw std::logic_error("structure declarations, line " + std::to_string(line_) + ": expected " + wanted +
                               ", found '" + std::string(token_) + "'");
    }

    std::string_view text_;
    std::size_t position_ = 0;
    int line_ = 1;
    std::string_view token_;
};

} // namespace

std::vector<StructureDeclaration> parse_declarations(std::string_view text)
{
    return Reader(text).all();
}

} // namespace chimneylab::layout
