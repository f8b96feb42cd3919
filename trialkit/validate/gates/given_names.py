"""Given names that are common in the United States, in lower case.

Names that are also ordinary or medical words in capitals (Grace, Hope, Rose, May, Mark, Will, Jack, Crystal, Ruby,
Dawn, Summer, Virginia, Carolina) are left out: a gate that refuses ordinary text is switched off by its users.
"""

from __future__ import annotations

_COMMON = """
james michael robert john david william richard joseph thomas christopher charles daniel matthew anthony donald
steven andrew paul joshua kenneth kevin brian timothy ronald jason george edward jeffrey ryan jacob nicholas gary
eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander patrick raymond dennis jerry
tyler aaron jose adam nathan henry zachary douglas peter kyle noah ethan jeremy christian walter keith austin
roger terry sean gerald carl dylan harold jordan jesse bryan lawrence arthur gabriel bruce logan billy joe alan
juan elijah willie albert wayne randy mason vincent liam roy bobby caleb bradley russell lucas mary patricia
jennifer linda elizabeth barbara susan jessica karen sarah lisa nancy sandra ashley emily kimberly betty margaret
donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia dorothy amy kathleen angela
shirley emma brenda pamela nicole anna samantha katherine christine debra rachel carolyn janet maria olivia heather
helen catherine diane julie victoria joyce lauren kelly christina ruth joan evelyn judith andrea hannah megan
cheryl jacqueline martha madison teresa gloria sara janice ann kathryn abigail sophia frances jean alice judy
isabella julia denise amber danielle marilyn beverly charlotte natalie theresa diana brittany doris kayla alexis
lori marie
"""
GIVEN = frozenset(_COMMON.split())
