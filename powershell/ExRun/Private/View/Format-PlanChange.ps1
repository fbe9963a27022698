function Format-PlanChange {
    <#
    .SYNOPSIS
        What a row of Invoke-ExRunPlan is about: the part of the mailbox, the thing in it, the plan's line, and why it failed.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Row)

    $of = { param([string] $Name, [int] $Most) Format-OneLine -Value (Get-MemberValue -InputObject $Row -Name $Name -Blank) -Most $Most }
    $lines = @(('{0} {1} (line {2})' -f (& $of 'Facet' 40), (& $of 'Key' 80), (& $of 'Line' 20)).Trim())
    # With -IncludeError.
    $failure = @(foreach ($name in 'ErrorCode', 'ErrorMessage') { & $of $name 160 }) | Microsoft.PowerShell.Core\Where-Object { $_ }
    if ($failure) { $lines += @($failure) -join ': ' }
    return $lines -join "`n"
}
