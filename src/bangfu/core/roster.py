"""The fact kinds of the roster (名册): what the national export has about households and members.

A county's handbook defines their fields in `facts/`; a handbook without them has no roster.
"""

from __future__ import annotations

HOUSEHOLD_PROFILE = "household_profile"
MEMBER_PROFILE = "member_profile"
INCOME_ACCOUNT = "income_account"
MEASURE = "measure"
EMPLOYMENT = "employment"
ROSTER = (HOUSEHOLD_PROFILE, MEMBER_PROFILE, INCOME_ACCOUNT, MEASURE, EMPLOYMENT)

# What the head of a household is called in `registry.membership` (与户主关系).
HEAD = "户主"
# The relations to the head that the national export knows; others are written as 其他.
RELATIONS = (
    HEAD, "配偶", "之子", "之女", "之儿媳", "之女婿", "之孙子", "之孙女", "之外孙子", "之外孙女",
    "之父", "之母", "之岳父", "之岳母", "之公公", "之婆婆", "之祖父", "之祖母", "之外祖父",
    "之外祖母", "之兄弟姐妹", "之曾孙子", "之曾孙女", "之侄儿", "之侄女", "之兄弟媳妇", "之叔伯",
    "其他",
)  # fmt: skip
