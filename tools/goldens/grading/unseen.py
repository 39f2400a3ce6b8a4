r"""Answers of the kinds models give on MATH-500, GSM8K, MathVista and geometry, written to measure generalisation.

They were written, and judged by math_verify, before our grader was run on them; what it said then is `FIRST_TRY` in the
docs. By kind: (right, given, whether a careful person takes the second for the first). `RESPONSES` are whole responses,
read by each grader's own extraction.
"""

from __future__ import annotations

Pairs = list[tuple[str, str, bool]]

ANSWERS: dict[str, Pairs] = {
    "fractions": [
        (r"\frac{3}{56}", r"\dfrac{3}{56}", True), (r"\frac{243}{625}", r"\left(\frac{3}{5}\right)^5", True), (r"\frac{35}{64}", "0.546875", True),
        (r"\frac 59", "5/9", True), (r"\frac{5}{9}", r"\frac{10}{18}", True), (r"-\frac{5}{8}", r"\dfrac{-5}{8}", True), (r"\frac{1}{12}", "0.0833", False),
        (r"\frac{5}{9}", r"\frac{9}{5}", False), (r"\frac{11}{36}", r"\frac{11}{35}", False), (r"\frac{13}{204}", "13/204", True),
        (r"\frac{-3}{7}", "-3/7", True), (r"\frac{1}{221}", r"1/221", True), (r"\frac{2}{5}", r"{2 \over 5}", True),
    ],
    "mixed numbers": [
        (r"1\frac{4}{5}", r"\frac{9}{5}", True), (r"1\frac{4}{5}", "1.8", True), ("2.25", r"2 \frac{1}{4}", True), (r"\frac{29}{4}", r"7\dfrac{1}{4}", True),
        (r"1\frac{4}{5}", r"\frac{4}{5}", False), (r"-1\frac{1}{2}", "-1.5", True), (r"3\frac{3}{8}", r"\frac{33}{8}", False),
    ],
    "surds": [
        (r"3\sqrt{13}", r"\sqrt{117}", True), (r"\sqrt{51}", r"\sqrt{51}", True), (r"11\sqrt2", r"11\sqrt{2}", True), (r"\frac{\sqrt{21}}{3}", r"\sqrt{\frac{7}{3}}", True),
        (r"2\sqrt{5}", "4.4721", False), (r"3\sqrt{13}", r"13\sqrt{3}", False), (r"1+\sqrt{3}", r"\sqrt{3}+1", True), (r"\frac{1+\sqrt{5}}{2}", r"\frac{1}{2}+\frac{\sqrt{5}}{2}", True),
        (r"6\sqrt[3]{2}", r"\sqrt[3]{432}", True), (r"\sqrt{7}+\sqrt{3}", r"\sqrt{10}", False), (r"8\sqrt{2}-4", r"4(2\sqrt{2}-1)", True),
        (r"\frac{5\sqrt{3}}{3}", r"\frac{5}{\sqrt{3}}", True), (r"\sqrt{6}-\sqrt{2}", r"\sqrt{8-4\sqrt{3}}", True), (r"25\sqrt{3}", r"\frac{25\sqrt{3}}{1}", True),
        (r"\frac{3\sqrt{7}}{7}", r"\frac{3}{7}\sqrt{7}", True), (r"2\sqrt{3}", r"\sqrt{3}^2", False), (r"48+12\sqrt{3}", r"12\sqrt{3}+48", True), (r"4^{1/3}", r"\sqrt[3]{4}", True),
    ],
    "intervals": [
        (r"(3,4]", r"\left(3, 4\right]", True), (r"[-2,7]", r"x \in [-2,7]", True), (r"[-2,7]", r"-2\le x\le 7", True), (r"(-\infty,2)\cup(3,\infty)", r"(-\infty, 2) \cup (3, +\infty)", True),
        (r"(-\infty,2)\cup(3,\infty)", r"(-\infty,2]\cup[3,\infty)", False), (r"(5,\infty)", "x > 5", True), (r"(5,\infty)", r"[5,\infty)", False), (r"[0,\frac{1}{2}]", "[0, 0.5]", True),
        (r"(-\infty,-5]\cup[5,\infty)", r"(-\infty, -5] \cup [5, \infty)", True), (r"(3,4]", "(3,4)", False), (r"\left(-\frac{1}{3},\frac{5}{7}\right]", r"(-1/3, 5/7]", True),
        (r"x\ge -3", r"[-3,\infty)", True), (r"x \leq 2", r"x \le 2", True), ("x>2", "2<x", True), (r"-1<x<4", "(-1,4)", True), (r"(-\infty,\infty)", r"\mathbb{R}", True),
        (r"[2,5)", r"2 < x \le 5", False), (r"\left[-\sqrt{3},\sqrt{3}\right]", r"[-\sqrt{3}, \sqrt{3}]", True), (r"(0,1)\cup(1,2)", "(0,2)", False),
    ],
    "sets and lists": [
        ("1,-2", "-2,1", True), ("3, 5, 7", "3,5,7", True), ("3, 5, 7", "7, 5 and 3", True), (r"\{1\pm\sqrt{5},-2\}", r"1+\sqrt{5}, 1-\sqrt{5}, -2", True),
        (r"1\pm\sqrt{19}", r"1 \pm \sqrt{19}", True), (r"1\pm\sqrt{19}", r"1+\sqrt{19}", False), ("3, 5, 7", "3, 5", False), ("3, 5, 7", "3, 5, 8", False),
        (r"\frac{1}{2}, 1, 3", "0.5, 1, 3", True), ("-3,3", r"x=\pm 3", True), (r"x=1\text{ or }x=4", "1,4", True), ("2, 5", r"x=2 \text{ or } x=5", True),
        ("2, 5", "x=2, x=5", True), (r"\{-1,0,1\}", r"\{0,1,-1\}", True), (r"\{-1,0,1\}", r"\{-1,1\}", False), (r"120^\circ, 240^\circ", "120, 240", True),
        (r"\{2,4,6\}", r"\left\{2, 4, 6\right\}", True), ("1,2,3,4", "4,3,2,1", True), ("0,7", "0, -7", False), (r"\{\sqrt{2}\}", r"\sqrt{2}", True), ("4, 6, 14, 15", "4,6,14,15", True),
    ],
    "tuples": [
        (r"\left(\frac{3}{2},-13\right)", "(1.5, -13)", True), ("(0,9)", r"\left( 0, 9 \right)", True), ("(0,9)", "(9,0)", False), (r"(3,\frac{\pi}{2})", r"\left(3,\frac{\pi}{2}\right)", True),
        ("(-2,1)", "(-2, 1)", True), ("(-2,1)", "x=-2, y=1", True), ("(6,31,-1)", "(6, 31, -1)", True), ("(6,31,-1)", "(6,31,1)", False), (r"(2,\sqrt{12})", r"(2,2\sqrt{3})", True),
        ("(15,-29)", r"\boxed{(15,-29)}", True), ("(4,3)", r"(x,y)=(4,3)", True), (r"\left(-\frac{3}{4},\frac{1}{2}\right)", r"(-0.75,0.5)", True), ("(1,4)", "14", False),
        (r"(r,\theta)=(2,\frac{\pi}{3})", r"(2,\pi/3)", True), ("(3,3,-4)", "(3,3)", False),
    ],
    "matrices": [
        (r"\begin{pmatrix} -\frac{1}{3} \\ \frac{2}{3} \\ \frac{5}{3} \end{pmatrix}", r"\begin{pmatrix} -1/3 \\ 2/3 \\ 5/3 \end{pmatrix}", True),
        (r"\begin{pmatrix} 16/49 & 48/49 \\ 9/49 & 27/49 \end{pmatrix}", r"\begin{bmatrix} \frac{16}{49} & \frac{48}{49} \\ \frac{9}{49} & \frac{27}{49} \end{bmatrix}", True),
        (r"\begin{pmatrix} 2 & 0 \\ 0 & 2 \end{pmatrix}", r"\begin{pmatrix} 2 & 0 \\ 0 & -2 \end{pmatrix}", False), (r"\begin{pmatrix} 0 & 0 \\ 0 & 0 \end{pmatrix}", r"\left(\begin{array}{cc} 0 & 0 \\ 0 & 0 \end{array}\right)", True),
        (r"\begin{pmatrix} 1 \\ -2 \\ 3 \end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \\ 3 \end{pmatrix}", False), (r"\begin{pmatrix} 5 & -3 \\ 1 & 4 \end{pmatrix}", r"\begin{pmatrix}5&-3\\1&4\end{pmatrix}", True),
        (r"\begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix}", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \\ 5 & 6 \end{pmatrix}", False),
    ],
    "percent": [
        (r"12.5\%", r"12.5\%", True), (r"20\%", r"20 \%", True), (r"20\%", r"\frac{1}{5}", True), (r"75\%", r"0.75", True), ("150", r"150\%", True), (r"20\%", "200", False), (r"37.5\%", r"\frac{3}{8}", True), (r"8\%", r"18\%", False),
        (r"16\frac{2}{3}\%", r"\frac{1}{6}", True), ("25", r"25\text{ percent}", True), ("60", r"60\text{\%}", True),
    ],
    "units": [
        (r"8\text{ cm}", "8", True), ("17", r"17\text{ cm}", True), (r"7\text{ square feet}", r"7\text{ ft}^2", True), ("36", r"36\pi", False), (r"36\pi", r"36\pi\text{ cm}^2", True), ("24", r"24 \text{ square centimeters}", True),
        ("6", r"6 \mathrm{~cm}", True), ("60", r"60\text{ mph}", True), ("1.5", r"1.5\,\text{m}", True), (r"9.8\ \mathrm{m/s^2}", "9.8", True), ("500", r"500 \text{ mL}", True), (r"12\text{ feet}", r"12\text{ inches}", False),
        ("18", r"\$18", True), ("18.90", r"\$18.90", True), (r"\$32,\!348", "32348", True), (r"\$32,\!348", r"\$32348.00", True), (r"\$1.25", "125", False), ("4", r"4\text{ eggs}", True), ("70", r"70\text{ dollars}", True), ("45", r"45 \text{ minutes}", True),
        (r"5\text{ kg}", r"5\text{ g}", False), ("20", r"20\text{ units}^2", True), ("3", r"3\text{ pairs of shoes}", True), (r"64\text{ ounces}", "64", True),
    ],
    "thousands": [
        ("2220", "2,220", True), ("10080", r"10{,}080", True), (r"11,\!111,\!111,\!100", "11111111100", True), ("13535", "13,535", True), ("3,500,000", "3500000", True), ("10080", "1,080", False), ("125000", "125,00", False), ("1{,}250", "1250.0", True), ("7,005", "75", False),
        ("1 000 000", "1000000", True),
    ],
    "scientific notation": [
        (r"6.72\times 10^{-5}", "0.0000672", True), (r"3\times 10^8", "300000000", True), (r"3 \times 10^{8}", r"3\cdot10^8", True), (r"1.2\times10^{4}", "12000", True), (r"1.2\times10^{4}", "1200", False), ("10^{10}", "10000000000", True),
        (r"5\times 10^{-3}", "5e-3", True), (r"2.0\times10^{3}", r"2\times10^{-3}", False),
    ],
    "degrees": [
        (r"120^\circ", "120", True), ("35", r"35^{\circ}", True), (r"120^\circ", r"120\text{ degrees}", True), (r"120^\circ", r"60^\circ", False), ("72", r"72°", True), (r"\angle B = 65^\circ", r"65^\circ", True), (r"22.5^\circ", "22.5", True),
        (r"\frac{\pi}{3}", r"60", False), ("110", r"m\angle ABC = 110^\circ", True),
    ],
    "text": [
        (r"\text{Evelyn}", "Evelyn", True), (r"\text{Evelyn}", r"\text{Angela}", False), (r"\text{even}", r"\textbf{even}", True), (r"\text{even}", r"\text{odd}", False), (r"\text{ellipse}", r"\text{Ellipse}", True), (r"\text{ellipse}", r"\text{hyperbola}", False),
        (r"\text{Yes}", "yes", True), (r"\text{No}", r"\text{Yes}", False), (r"\text{Navin}", r"\mathrm{Navin}", True), (r"\text{undefined}", r"\text{undefined}", True), (r"\text{no solution}", r"\text{No solution}", True), (r"\text{June 20}", r"\text{June 20}", True), (r"\text{June 20}", r"\text{June 21}", False),
        (r"\text{red}", r"\text{blue}", False), (r"\text{Monday}", r"\text{ Monday }", True),
    ],
    "choice letters": [
        (r"\text{(C)}", "C", True), ("C", r"\text{(C)}", True), (r"\text{(C)}", r"\text{C}", True), ("B", "(B)", True), ("B", r"\textbf{(B)}", True), ("B", "D", False), (r"\text{(A)}", r"\text{(E)}", False), ("D", r"\text{D}", True), ("A", r"\mathrm{A}", True), ("E", "F", False),
    ],
    "equations": [
        ("5", "x = 5", True), ("x=5", r"x=\frac{10}{2}", True), ("y=2x+3", "y = 3+2x", True), ("y = -\\frac{4}{3}x+2", r"y=2-\frac{4x}{3}", True), ("y=2x+3", "y=2x-3", False), ("x^2+y^2=25", "y^2+x^2=25", True), ("x^2+y^2=25", "x^2+y^2=5", False), ("2x-y+3=0", "y=2x+3", True),
        ("f(x)=x^2-1", "x^2-1", True), ("n=11", "11", True), ("x=-3", "x=3", False), ("42", "a+b=42", True), ("7", r"AB=7", True), (r"r=\frac{3}{2}", "1.5", True), ("2x + y = 7", "4x+2y=14", True), ("x + 2y = 7", "2x+y=7", False), ("25", r"m+n = 16 + 9 = 25", True), (r"\theta=30^\circ", r"30^\circ", True),
        ("A=12", "12", True), ("x-2y+3z+5=0", "x - 2y + 3z = -5", True),
    ],
    "expressions": [
        ("6r^2-4r-24", "-24-4r+6r^2", True), ("p-q", "-(q-p)", True), ("2k+2", "2(k+1)", True), ("3R^2", "3r^2", False), (r"\frac{x+2}{7}", r"\frac{1}{7}x+\frac{2}{7}", True), ("(x-5)(x+5)", "x^2-25", True), ("(x-5)(x+5)", "x^2+25", False), (r"\cot x", r"\frac{\cos x}{\sin x}", True),
        (r"\sin 2x", r"2\sin x\cos x", True), (r"\binom{n}{2}", r"\frac{n(n-1)}{2}", True), ("x^8+2x^4", "x^4(x^4+2)", True), (r"-2+7i", "7i-2", True), (r"-2+7i", "-2-7i", False), ("6+9i", "3(2+3i)", True), ("a^2b", "ab^2", False), (r"2^{n+1}-1", r"2\cdot 2^n-1", True), (r"e^{i\pi/4}", r"\frac{\sqrt{2}}{2}+\frac{\sqrt{2}}{2}i", True),
        (r"\frac{1}{x+1}", r"\frac{1}{x}+1", False), (r"x^{3/2}", r"x\sqrt{x}", True), (r"\log_3 81", "4", True), (r"1 - \frac{1}{n+1}", r"\frac{n}{n+1}", True), ("12x^2y^3", "12y^3x^2", True), (r"5a-2b", "-2b+5a", True), ("s^2", "2s", False), ("t^3-t", "t(t-1)(t+1)", True),
    ],
    "bases, times, decimals": [
        ("52_8", "52_8", True), ("52_8", "52_{8}", True), ("4210_{5}", "4210", True), ("52_8", "52_9", False), ("52_8", "42", False), (r"0.\overline{36}", r"\frac{4}{11}", True), (r"0.\overline{3}", r"\frac{1}{3}", True), (r"11:15 \text{ a.m.}", "11:15", True), ("11:15", "11:51", False), ("-13.5", r"-\frac{27}{2}", True),
        ("2.0", "2", True), ("0.8", "0.80", True), ("0.8", "0.08", False), ("3.1416", "3.1415", False), ("1.732", r"\sqrt{3}", False), ("5000", "5,000.00", True), ("3:4", "3/4", True), ("10", "10.", True), ("0", "-0.0", True), ("8!", "40320", True),
    ],
    "hard negatives": [
        ("16", "61", False), ("1/4", "4", False), ("-6", "6", False), (r"\frac{7}{3}", r"7\frac{1}{3}", False), (r"2\sqrt{3}", r"3\sqrt{2}", False), ("3+2i", "2+3i", False), ("100", r"1\%", False), ("0.36", r"0.\overline{36}", False), ("(2,3)", "[2,3]", False), ("(2,3)", "2,3,", False),
        (r"\pi", "3.14", False), (r"9\pi", "28.27", False), ("1000", "999", False), ("2^5", "25", False), ("x^2", "x_2", False), (r"\sqrt{17}", "4.123", False), ("12", "1,2", False), ("7", "7x", False), ("0", "O", False), ("64", r"64\text{ or }32", False), ("2021", "2022", False), ("-1", "i", False),
        (r"\frac{1}{2}", r"-\frac{1}{2}", False), ("3x+2", "3x-2", False), (r"30^\circ", r"30^\circ, 150^\circ", False), ("5", r"x\ge 5", False), (r"4\pi", r"4\pi^2", False), ("8", r"2^4", False), ("15", r"\frac{15}{100}\cdot 10", False), (r"\{1,2\}", "(1,2)", False), ("y=3", "x=3", False), ("AB", "BC", False), ("18", r"18\times 10^3", False),
        (r"x<2", r"x>2", False), (r"\frac{3}{4}", r"\frac{3}{4}x", False), ("1.05", "1.5", False), ("20", r"20\text{ or }21", False), (r"\infty", "0", False), (r"\text{no solution}", "0", False), (r"2\pi r", r"\pi r^2", False),
    ],
}  # fmt: skip

RESPONSES: dict[str, Pairs] = {
    "trailing words": [
        ("18", "She makes 9 * 2 = 18 dollars every day. The answer is 18 dollars.", True), ("3", "Adding the two, 2 + 1 = 3 bolts in total.\n\nThe final answer is $\\boxed{3}$.", True), ("70000", "So the profit is $\\boxed{70{,}000}$ dollars.", True), ("540", "He runs 60*9 = 540 meters a week.\n#### 540", True),
        ("20", "Wendi needs \\boxed{20} cups of feed in the final meal.", True), ("64", "Therefore, the answer is 64.", True), ("260", "The total is 200 + 60 = 260 sheep.", True), ("160", "It takes him **160** minutes.", True), ("45", "We first get 45 and then subtract 5, so the answer is 40.", False), ("366", "The final answer is: $\\boxed{366}$", True),
        ("5", "There are \\boxed{5\\text{ apples}} left.", True), (r"\frac{1}{3}", "The probability is $\\boxed{\\dfrac{1}{3}}$.", True), (r"\frac{1}{3}", "The probability is $\\boxed{\\dfrac{2}{3}}$.", False), (r"x=5", "Hence $\\boxed{x = 5}$ is the only solution.", True), ("1.5", "The value is about 1.5.", True), ("8", "First \\boxed{7}, but checking again we get \\boxed{8}.", True),
        (r"2\sqrt{3}", "So the length of AB is $2\\sqrt{3}$. Final answer: $\\boxed{2\\sqrt{3}}$ cm", True), ("12", "Each side is $\\boxed{12\\,\\text{cm}}$ long", True), ("90", "$\\angle ABC = \\boxed{90^\\circ}$", True), ("694", "Elise spends $694 in total. The answer is $694.", True), ("25", "The answer is 25%.", True), ("15", "I think the answer is 15 because 3 times 5 is 15.", True),
        ("1,000", "That gives 1000 in all.\nThe answer is 1000.", True), ("13", "The answer is 14.", False), ("-4", "The answer is -4.", True), ("-4", "The answer is 4.", False), ("(1,-2)", "The center is $\\boxed{(1,-2)}$.", True), ("(1,-2)", "The center is $\\boxed{(-1,2)}$.", False), ("104", "Therefore the area equals \\boxed{104\\text{ square units}}.", True), (r"\text{even}", "The function is $\\boxed{\\text{even}}$.", True),
        ("6", "\\[\\boxed{6}\\]", True), ("0.5", "So $P = \\frac{1}{2}$. The answer is $\\frac{1}{2}$.", True), ("17", "The answer is 17 or 18.", False), ("150", "$$\\boxed{150}$$ is the answer.", True), ("3/4", "So we are left with 3/4 of the cake. The final answer is 3/4.", True),
    ],
}  # fmt: skip
