function Format-SettingsChange {
    <#
    .SYNOPSIS
        What a row of Set-ExRunMailboxSettings says: a line for each change, or why there is none.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Row)

    $lines = @(foreach ($change in (Get-MemberValue -InputObject $Row -Name 'Changes' -Blank)) {
            $of = @{}
            foreach ($name in 'Setting', 'From', 'To') { $of[$name] = Get-MemberValue -InputObject $change -Name $name -Blank }
            Format-Change -Name $of['Setting'] -From $of['From'] -To $of['To']
        })
    # With -IncludeError.
    $parts = @(foreach ($name in 'ErrorCode', 'ErrorMessage') { Format-OneLine -Value (Get-MemberValue -InputObject $Row -Name $name) -Most 160 })
    $failure = @($parts | Microsoft.PowerShell.Core\Where-Object { $_ }) -join ': '
    if ($failure) { $lines += $failure }
    return $lines -join "`n"
}
