r"""Pairs of a right answer and a given one, in LaTeX, as responses to MATH-like problems hold them.

EQUAL, DIFFERENT: what a careful person says, and math_verify too. BEYOND: equal as well, but math_verify says otherwise
(found while the lists were written; kept apart so that they are told rather than counted). HARD: pairs that look alike and are not the same; a grader that takes
one of them for right is wrong.
"""

from __future__ import annotations

EQUAL: list[tuple[str, str]] = [
    # whole numbers, decimals, signs, thousands
    ("5", "5"), ("5", "5.0"), ("5", "5.000"), ("-7", "-7"), ("12", "+12"), ("0", "0.0"), ("0", "-0"),
    ("1000", "1,000"), ("1,000", "1000"), ("1234567", "1,234,567"), ("10,000,000", "10000000"), 
    ("12,345.5", "12345.5"), ("1000000", "1{,}000{,}000"), ("1000", r"1,\!000"), ("0.5", ".5"), ("2.50", "2.5"),
    ("007", "7"), ("31400", r"3.14 \times 10^4"), ("0.001", "10^{-3}"), ("0.00025", r"2.5\cdot 10^{-4}"),
    ("123456789012345678901234567890", "123456789012345678901234567890"), ("2^{10}", "1024"), ("2^{100}", "1267650600228229401496703205376"),
    ("-3", r"\left(-3\right)"), ("8", "(8)"), ("8", "{8}"), ("17", "17."),
    # fractions
    (r"\frac{1}{2}", "0.5"), (r"\frac{1}{2}", "1/2"), (r"\frac12", r"\frac{1}{2}"), (r"\dfrac{3}{4}", r"\frac{3}{4}"),
    (r"\tfrac{3}{4}", "0.75"), (r"\frac{2}{4}", r"\frac{1}{2}"), (r"-\frac{1}{3}", r"\frac{-1}{3}"), (r"-\frac{1}{3}", r"\frac{1}{-3}"),
    (r"\frac{7}{2}", r"3\frac{1}{2}"), ("3.5", r"3\frac{1}{2}"), (r"\frac{10}{3}", r"3\frac13"), (r"\frac{1}{3}", "0.333333333"),
    (r"\frac{2}{3}", "0.66666666667"), (r"\frac{22}{7}", "22/7"), (r"\frac{-6}{-4}", "1.5"), (r"\frac{1}{1000}", "0.001"),
    (r"\frac{17}{50}", "0.34"), (r"\frac{a}{b}", "a/b"), (r"\frac{3x}{6}", r"\frac{x}{2}"), (r"\frac{x+1}{2}", r"\frac{x}{2}+\frac{1}{2}"),
    (r"\frac{1}{\frac{1}{2}}", "2"), (r"\frac{5}{1}", "5"), (r"\cfrac{1}{4}", "0.25"), (r"\frac 1 2", "0.5"), (r"\frac1{10}", "0.1"),
    # percent
    (r"50\%", "50"), (r"50\%", "0.5"), ("50", r"50\%"), ("0.5", r"50\%"), (r"\frac{1}{4}", r"25\%"), (r"100\%", "1"),
    (r"3\%", "0.03"), (r"50\%", r"50\%"),
    # units, degrees, money
    ("10", r"10\text{ cm}"), (r"10\text{ cm}", "10"), (r"10\text{ cm}", r"10\,\text{cm}"), (r"10 \text{ cm}^2", r"10"), ("6", r"6\text{ inches}"),
    (r"90^\circ", "90"), ("90", r"90^\circ"), (r"45^{\circ}", r"45^\circ"), ("5", r"\$5"), (r"\$5", "5"), (r"\$3.50", "3.5"),
    (r"18\mathrm{~m}", "18"), ("12", r"12\text{ apples}"), (r"32\text{ dollars}", "32"), (r"1,000\text{ km}", "1000"), (r"2.5\text{ hours}", "2.5"),
    (r"15\mbox{ cm}^2", "15"), (r"\frac{1}{2}\text{ mile}", "0.5"),
    # roots and powers
    (r"\sqrt{8}", r"2\sqrt{2}"), (r"\sqrt{12}", r"2\sqrt3"), (r"\frac{1}{\sqrt{2}}", r"\frac{\sqrt{2}}{2}"), (r"\sqrt{16}", "4"),
    (r"\sqrt[3]{27}", "3"), (r"\sqrt{50}+\sqrt{8}", r"7\sqrt{2}"), (r"3^{1/2}", r"\sqrt{3}"), (r"2^{-1}", "0.5"),
    (r"\sqrt{2}\cdot\sqrt{3}", r"\sqrt{6}"), (r"\frac{\sqrt{3}}{3}", r"\frac{1}{\sqrt{3}}"), (r"\sqrt{5+2\sqrt{6}}", r"\sqrt{2}+\sqrt{3}"),
    (r"(1+\sqrt{2})^2", r"3+2\sqrt{2}"), (r"4\sqrt{5}", r"\sqrt{80}"), (r"10\sqrt{3}", r"10 \sqrt{3}"), (r"\sqrt{\frac{1}{4}}", "0.5"),
    (r"\frac{9+9\sqrt{5}}{2}", r"\frac{9}{2}(1+\sqrt{5})"), (r"8^{\frac{2}{3}}", "4"), (r"\sqrt[4]{16}", "2"), (r"5\sqrt{2}", r"\sqrt{2}\cdot 5"),
    (r"-\sqrt{2}", r"-1\cdot\sqrt{2}"), (r"\frac{3}{\sqrt{5}-\sqrt{2}}", r"\sqrt{5}+\sqrt{2}"),
    # constants and functions
    (r"2\pi", r"\pi\cdot 2"), (r"\frac{\pi}{2}", r"\pi/2"), (r"\frac{\pi}{6}", r"\frac{1}{6}\pi"), (r"4\pi", r"4 \pi"), (r"e^2", r"e\cdot e"),
    (r"\log_2 8", "3"), (r"\log_{10} 1000", "3"), (r"\ln e", "1"), (r"\sin\frac{\pi}{6}", r"\frac{1}{2}"), (r"\cos 0", "1"), (r"\cos\pi", "-1"),
    (r"\tan\frac{\pi}{4}", "1"), (r"3!", "6"), (r"\binom{5}{2}", "10"), (r"|-3|", "3"), (r"\frac{4}{3}\pi r^3", r"\frac{4\pi r^3}{3}"),
    (r"\sin^2 x+\cos^2 x", "1"), (r"\ln 8", r"3\ln 2"), (r"\pi r^2", r"r^2\pi"), (r"144\pi", r"12\cdot 12\cdot\pi"), (r"100!/99!", "100"),
    # polynomials and other expressions with variables
    (r"x^2+2x+1", r"(x+1)^2"), (r"(x-1)(x+1)", "x^2-1"), (r"x+y", "y+x"), (r"3x-6", "3(x-2)"), (r"\frac{x^2-1}{x-1}", "x+1"),
    (r"x^{10}", "x^{5}x^{5}"), (r"14x^2y", "14 y x^2"), (r"-x+1", "1-x"), (r"\frac{1}{x}", "x^{-1}"), (r"(a+b)^3", "a^3+3a^2b+3ab^2+b^3"),
    (r"5x^4-3x^2", r"x^2(5x^2-3)"), (r"2(x+3)", "2x+6"), (r"\frac{x}{y}", r"x\cdot\frac{1}{y}"), (r"n(n+1)/2", r"\frac{n^2+n}{2}"),
    (r"x_1+x_2", r"x_2+x_1"), (r"\alpha+1", r"1+\alpha"), (r"e^{2x}", r"(e^x)^2"), (r"6x^3y^2", r"6 x^3 y^2"), (r"2x^2-x+3", "3-x+2x^2"),
    (r"\frac{3}{2}x", r"\frac{3x}{2}"), (r"(2x-1)(3x+5)", "6x^2+7x-5"), (r"\frac{1}{4}e^{-2x}", "0.25e^{-2x}"),
    # complex numbers
    ("6-5i", "6 - 5i"), ("3+4i", "4i+3"), (r"1+i\sqrt{3}", r"1+\sqrt{3}i"),
    # equations
    ("x=5", "5"), ("5", "x=5"), ("x = 5", "x=5"), ("y=2x+1", "2x+1"), ("y=2x+1", "y = 1+2x"), ("k = -3", "-3"), (r"x=\frac{1}{2}", "0.5"),
    ("2x+3y=6", "4x+6y=12"), ("x-5=0", "x=5"),
    # points, intervals
    ("(1,2)", "(1, 2)"), ("(3,-4)", r"\left(3,-4\right)"), (r"\left(\frac{1}{2},3\right)", "(0.5,3)"), ("(1,2,3)", "(1,2,3)"), ("[0,1]", "[0, 1]"),
    ("[0,1)", "[0,1)"), (r"(-\infty,3)", r"(-\infty, 3)"), (r"[2,\infty)", r"[2, \infty)"), (r"(0,\infty)", r"(0,+\infty)"),
    (r"(-\infty,0)\cup(1,\infty)", r"(-\infty,0)\cup(1,\infty)"), (r"[-1,1]\cup[2,3]", r"[2,3]\cup[-1,1]"), (r"\left[\frac{1}{2},1\right]", "[0.5,1]"),
    (r"(2\sqrt{2},1)", r"(\sqrt{8},1)"), ("(0,0)", "(0,0)"), (r"x\in[1,2]", "[1,2]"), (r"(\sqrt{2},\infty)", r"(2^{1/2},\infty)"), ("(-1,1)", r"( -1 , 1 )"),
    # sets and lists
    (r"\{1,2\}", r"\{2,1\}"), (r"\{1,2,3\}", r"\{3, 1, 2\}"), ("1,2", "2,1"), ("1, 2, 3", "3, 2, 1"), (r"\{1,2\}", "1,2"), ("-1, 5", r"\{5,-1\}"),
    (r"\emptyset", r"\emptyset"), (r"3\pm 1", r"\{2,4\}"), (r"1\pm\sqrt{2}", r"1+\sqrt{2}, 1-\sqrt{2}"), (r"5\text{ and }6", "5,6"),
    (r"\{\frac{1}{2},1\}", r"\{1,0.5\}"), (r"\{1,1,2\}", r"\{1,2,2\}"), (r"\{-2,2\}", r"\pm 2"), (r"0, \frac{1}{2}", "0.5, 0"), (r"\left\{1,4\right\}", r"\{4,1\}"), (r"\{5\}", "5"),
    # matrices
    (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}"), (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\begin{bmatrix}1&2\\3&4\end{bmatrix}"),
    (r"\begin{pmatrix}\frac{1}{2}&0\\0&1\end{pmatrix}", r"\begin{pmatrix}0.5&0\\0&1\end{pmatrix}"), (r"\begin{pmatrix}-1\\7\\0\end{pmatrix}", r"\begin{pmatrix}-1\\7\\0\end{pmatrix}"),
    (r"\begin{pmatrix}\sqrt{8}\\1\end{pmatrix}", r"\begin{pmatrix}2\sqrt{2}\\1\end{pmatrix}"),
    # ratios, bases
    ("21", "21"), ("204", "204"), ("-1", "-1"), ("3.75", "3.75"), ("81", r"81\text{ square units}"), (r"\frac{14}{3}", r"\dfrac{14}{3}"), (r"\frac{14}{3}", r"4\frac{2}{3}"),
    ("9", r"\sqrt{81}"), ("70", r"70^\circ"), (r"\frac{416}{3}\pi", r"\frac{416\pi}{3}"), (r"6\sqrt{3}", r"\sqrt{108}"), ("243", "3^5"), ("1.25", r"\frac{5}{4}"), ("22", "22.0"),
    (r"\frac{3\sqrt{3}}{4}", r"\frac{3}{4}\sqrt{3}"), (r"\frac{\sqrt{2}}{10}", r"\frac{1}{5\sqrt{2}}"), ("15", r"3\cdot 5"), ("32348", "32,348"), ("58,500", "58500"), (r"\frac{1}{576}", r"\frac{2}{1152}"),
    (r"\left( 3, \frac{\pi}{2} \right)", r"(3,\pi/2)"), (r"p-q", "-q+p"), ("x^3+3x-6", "3x+x^3-6"), ("-50", "-50.0"), (r"\frac{270}{7}\text{ degrees}", r"\frac{270}{7}"),
    (r"\frac{2\sqrt{149}\pi}{3}", r"\frac{2}{3}\pi\sqrt{149}"), ("0.09", r"\frac{9}{100}"), ("720", "6!"), (r"11\sqrt{2}", r"\sqrt{242}"), (r"(6,31,-1)", r"\left( 6, 31, -1 \right)"),
    ("2:3", "2:3"), ("2:3", r"\frac{2}{3}"), ("4:6", "2:3"), ("2516_8", "2516_8"), ("1011_2", "1011_2"), ("2516_8", "2516"),
]  # fmt: skip

DIFFERENT: list[tuple[str, str]] = [
    ("5", "6"), ("5", "-5"), ("12", "21"), ("100", "1000"), ("7", "7.1"), ("0.5", "0.6"), (r"\frac{1}{2}", r"\frac{1}{3}"), (r"\frac{1}{2}", "2"),
    (r"\frac{2}{3}", "0.6"), (r"\frac{1}{3}", "0.33"), (r"\frac{1}{3}", "0.3"), ("3.14", r"\pi"), (r"\sqrt{2}", "1.41"), (r"\sqrt{2}", r"\sqrt{3}"),
    (r"2\sqrt{2}", r"\sqrt{2}"), (r"2\pi", r"\pi"), ("x+1", "x+2"), ("x^2", "x^3"), ("2x", "x"), ("x+y", "x-y"), ("(x+1)^2", "x^2+1"), ("ab+c", "ab-c"),
    (r"50\%", "5"), (r"50\%", "0.05"), (r"50\%", r"5\%"), ("(1,2)", "(2,1)"), ("(1,2)", "(1,3)"), ("(1,2)", "(1,2,3)"), ("[0,1]", "(0,1)"), ("[0,1)", "(0,1]"),
    ("[0,1]", "[0,2]"), (r"\{1,2\}", r"\{1,3\}"), (r"\{1,2\}", r"\{1,2,3\}"), ("1,2", "1,3"), ("1,2", "1"), (r"(-\infty,3)", r"(3,\infty)"),
    (r"(-\infty,0)\cup(1,\infty)", r"(-\infty,0)"), (r"[2,\infty)", "2"), (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}2\\1\end{pmatrix}"),
    (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\begin{pmatrix}1&3\\2&4\end{pmatrix}"), (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}1&2\end{pmatrix}"),
    ("6-5i", "6+5i"), ("3+4i", "5"), ("i", "1"), ("x=5", "6"), ("x=5", "x=-5"), ("y=2x+1", "y=2x-1"), ("2x+3y=6", "2x+3y=7"), ("2:3", "3:2"),
    (r"\log_2 8", "4"), ("3!", "3"), (r"\binom{5}{2}", "5"), (r"|-3|", "-3"), (r"\sin x", r"\cos x"), ("e^2", "2e"), ("2^{10}", "20"), ("2^{10}", "1023"),
    (r"10\text{ cm}", "11"), (r"90^\circ", "45"), (r"\$5", "50"), ("1,000", "100"), ("1,000", "1"), ("1000", "10,000"), (r"\frac{7}{2}", r"7\frac{1}{2}"),
    ("n(n+1)/2", "n(n-1)/2"), (r"e^{2x}", r"e^{x}"), (r"\frac{x+1}{2}", r"\frac{x}{2}+1"), (r"3\pm 1", r"\{2,3\}"), (r"\emptyset", r"\{0\}"), (r"\sqrt[3]{27}", r"\sqrt{27}"),
    (r"\frac{1}{x}", "x"), (r"14x^2y", "14xy^2"), (r"4t(t-1)", "4t^2-t"), (r"\frac{\pi}{6}", r"\frac{\pi}{3}"), (r"\frac{\pi}{6}", r"\frac{1}{6}"), (r"-\frac{1}{3}", r"\frac{1}{3}"),
    ("0", "1"), ("0", r"\emptyset"), ("12,345", "12"), ("3", "3x"), ("7", r"\sqrt{7}"), (r"100!", r"101!"), ("x_1", "x_2"), (r"\alpha", r"\beta"),
    ("8", "3"), ("42", "24"), ("-12", "12"), ("0.25", "0.2"), ("17", "71"), (r"\frac{5}{8}", r"\frac{8}{5}"), (r"\frac{11}{4}", "2.7"), ("2.5", r"2\frac{1}{4}"),
    (r"\sqrt{10}", "10"), (r"\sqrt{10}", "5"), ("x^2-4", "(x-2)^2"), ("3x+4y", "4x+3y"), ("[-1,1]", "[-1,2]"), ("(2,5)", "(2,-5)"), (r"\{2,3,5\}", r"\{2,3,7\}"), ("6,7,8", "6,7"),
    (r"\ln 2", r"\ln 3"), (r"\cos\frac{\pi}{3}", r"\frac{\sqrt{3}}{2}"), ("5:4", r"\frac{4}{5}"), (r"18\pi", "18"), ("(1,2)", r"[1,2]"), ("(0,5)", "(0,5]"),
    ("x=3", "3x"), ("1.5", "15"), ("0.125", r"\frac{1}{7}"), (r"2+\sqrt{3}", r"2-\sqrt{3}"), (r"\frac{a+b}{c}", r"a+\frac{b}{c}"), ("xy", "x/y"), ("2^3", "3^2"),
]  # fmt: skip

BEYOND: list[tuple[str, str]] = [
    ("1000", r"1\,000"), ("100", "1e2"), (r"12.5\%", r"12.5"), ("2ab", "2ba"), (r"4t(t-1)", "4t^2-4t"), ("(1+i)^2", "2i"), ("i^2", "-1"),
    (r"\frac{1}{i}", "-i"), ("2i", r"i\cdot 2"), (r"(-\infty,3)", "x<3"), ("(1,2]", r"1<x\le 2"), (r"\sqrt[3]{-8}", "-2"), ("x+y=3", "3-x-y=0"),
]  # fmt: skip

HARD: list[tuple[str, str]] = [
    # rounding and size
    ("1000000", "1000001"), ("123456789", "123456788"), ("2^{100}", "1267650600228229401496703205377"), ("3", "3.0000001"), ("2", "1.9999999"),
    ("0.0000001", "0.0000002"), ("10^{-13}", "10^{-14}"), ("10^{-9}", "0"), (r"\frac{1}{3}", "0.3333"), (r"\frac{2}{3}", "0.667"), (r"\pi", "3.1416"), (r"\pi", r"\frac{22}{7}"),
    ("e", "2.718"), (r"\sqrt{2}", "1.4142"), ("100", "101"), ("99.5", "100"), (r"\frac{1}{7}", "0.1428"),
    # signs that change everything
    ("5!", "5"), ("5", "5!"), ("2*3", "23"), ("2\\frac{1}{2}", r"\frac{21}{2}"), ("2 1/2", "21/2"), ("-2^2", "4"), ("(-2)^2", "-4"), ("2^{3x}", "2^3x"),
    ("1/2x", "1/(2x)"), (r"\frac{1}{2x}", r"\frac{x}{2}"), (r"\sqrt{2x}", r"\sqrt{2}x"), (r"\sqrt{x^2}", "x"), ("(x+1)^2", "(x-1)^2"), ("x^2", "2x"), ("x^2", "x2"),
    (r"\sin 2x", r"2\sin x"), (r"\ln(xy)", r"\ln x\ln y"), (r"\frac{a}{b+c}", r"\frac{a}{b}+c"), ("a-(b-c)", "a-b-c"), (r"\log_2 3", r"\log_3 2"),
    # order, openness, kind
    ("(1,2)", r"\{2,1\}"), ("(0,1)", "[0,1]"), ("(0,1]", "[0,1)"), (r"(-\infty,1]", r"(-\infty,1)"), (r"(1,\infty)", r"(-\infty,1)"), ("(3,4)", "(4,3)"), ("(3,4)", "3+4i"),
    ("1,1,2", "1,2,2"), ("1,2,3", "123"), ("1,23", "12,3"), ("(1,200)", "1200"), ("(1,000)", "1000"), (r"[1,2]\cup[3,4]", "[1,4]"), (r"\{1\}", r"\{1,2\}"), ("1,2", "12"),
    (r"\begin{pmatrix}1&2\end{pmatrix}", r"\begin{pmatrix}1\\2\end{pmatrix}"), (r"\begin{pmatrix}0&1\\1&0\end{pmatrix}", r"\begin{pmatrix}1&0\\0&1\end{pmatrix}"),
    # units, percent, bases, times
    (r"5\text{ cm}", r"5\text{ m}"), (r"5\text{ cm}", r"5\text{ cm}^2"), (r"10\text{ minutes}", r"10\text{ hours}"), (r"3\text{ apples}", r"3\text{ oranges}"),
    (r"0.5\%", "0.5\\cdot 100"), (r"50\%", r"0.5\%"), ("50", "0.5"), ("1011_2", "1011_3"), ("2:30", "3:20"), ("2:43", "2:34"), ("12:05", "12:50"),
    # names
    ("x=5", "y=5"), ("y=2x", "x=2y"), ("x_1", "x_{11}"), ("a", "b"), (r"\text{A}", r"\text{B}"), ("A", "B"), ("x<3", "x>3"), ("x<3", r"x\le 3"), ("i", "j"),
    ("2R", "2r"), (r"\Delta", r"\delta"), ("on", "no"), ("2+2=5", "5"), ("2+2=5", "4"), ("x=2+2=5", "5"), ("3x=15", "15"), (r"11:15\text{ a.m.}", r"11:15\text{ p.m.}"),
    # signs read as another thing
    (r"\frac{1}{4}", r"\frac{1}{4}\%"), (r"0.\overline{3}", "0.3"), ("n!", "(n+1)!"), (r"\binom{n}{2}", r"\frac{n(n+1)}{2}"), (r"\begin{pmatrix}1\\2\end{pmatrix}", "[1,2)"), ("x<1", r"x<1\text{ or }x>2"),
    # empty and broken
    ("5", ""), ("5", "?"), ("5", r"\frac{"), ("5", "5 or 6"), ("5", "not 5"), ("0", "none"), (r"\infty", r"-\infty"), (r"\frac{1}{0}", r"\frac{2}{0}"), ("0", "0/0"),
]  # fmt: skip
