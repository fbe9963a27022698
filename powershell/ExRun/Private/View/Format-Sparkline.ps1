# How many signs it has, at most.
$script:SparklineLength = 40

function Format-Sparkline {
    <#
    .SYNOPSIS
        How many mailboxes were done in each stretch of a run, as a line of bars, the highest of which is the most.
    .DESCRIPTION
        Stretches are as long as each other. Blank where there are too few moments to say anything.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        # Objects with AtMs and Completed, which only grow.
        [AllowNull()] [AllowEmptyCollection()] [object[]] $Rate
    )

    $moments = [System.Collections.Generic.List[object]]::new()
    [double] $at = 0
    [double] $completed = 0
    $moments.Add(@($at, $completed))
    foreach ($one in $Rate) {
        $nextAt = (Get-MemberValue -InputObject $one -Name 'AtMs') -as [double]
        $nextCompleted = (Get-MemberValue -InputObject $one -Name 'Completed') -as [double]
        if ($null -eq $nextAt -or $null -eq $nextCompleted -or $nextAt -le $at) { continue }
        $at = $nextAt
        $completed = [Math]::Max($completed, $nextCompleted)
        $moments.Add(@($at, $completed))
    }
    if ($moments.Count -lt 4 -or $completed -eq 0) { return '' }

    $count = [Math]::Min($moments.Count - 1, $script:SparklineLength)
    $done = [double[]]::new($count)
    $index = 1
    [double] $before = 0
    for ($stretch = 0; $stretch -lt $count; $stretch++) {
        $until = $at * ($stretch + 1) / $count
        while ($index -lt $moments.Count - 1 -and $moments[$index][0] -lt $until) { $index++ }
        $left, $right = $moments[$index - 1], $moments[$index]
        # Between two moments as if at an even pace.
        $share = [Math]::Min(1, ($until - $left[0]) / ($right[0] - $left[0]))
        $now = $left[1] + $share * ($right[1] - $left[1])
        $done[$stretch] = $now - $before
        $before = $now
    }
    $most = ($done | Microsoft.PowerShell.Utility\Measure-Object -Maximum).Maximum
    if ($most -le 0) { return '' }
    $bars = Select-Sign -Sign (-join [char[]] (0x2581..0x2588)) -Ascii '_.-~=+*#'
    return -join @(foreach ($number in $done) { $bars[[int] [Math]::Round(7 * [Math]::Max(0, $number) / $most)] })
}
