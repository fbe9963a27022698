function Format-StateDifference {
    <#
    .SYNOPSIS
        What a row of Test-ExRunMailboxState is about: the part of the mailbox, the thing in it, what is there and what is
        wanted, and why nothing is done.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Row)

    $of = { param([string] $Name, [int] $Most) Format-OneLine -Value (Get-MemberValue -InputObject $Row -Name $Name -Blank) -Most $Most }
    $facet = & $of 'Facet' 40
    if (-not $facet) {
        if ((Get-MemberValue -InputObject $Row -Name 'InDesiredState') -eq $true) { return 'in the wanted state' }
    }
    $lines = @(('{0} {1}' -f $facet, (& $of 'Key' 80)).Trim())
    if ((Get-MemberValue -InputObject $Row -Name 'Change') -eq 'Change') {
        $from = Get-MemberValue -InputObject $Row -Name 'From'
        $to = Get-MemberValue -InputObject $Row -Name 'To'
        foreach ($name in @(if ($null -ne $to) { $to.PSObject.Properties | Microsoft.PowerShell.Core\ForEach-Object { $_.Name } })) {
            $lines += Format-Change -Name $name -From (Get-MemberValue -InputObject $from -Name $name) -To (Get-MemberValue -InputObject $to -Name $name)
        }
    }
    $blocked = & $of 'Blocked' 160
    if ($blocked) { $lines += 'stays: ' + $blocked }
    # With -IncludeError.
    $failure = @(foreach ($name in 'ErrorCode', 'ErrorMessage') { & $of $name 160 }) | Microsoft.PowerShell.Core\Where-Object { $_ }
    if ($failure) { $lines += @($failure) -join ': ' }
    return $lines -join "`n"
}
