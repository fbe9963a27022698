function New-SettingsRequest {
    <#
    .SYNOPSIS
        What Open-Run needs for a run that changes settings, from the bound parameters of Set-ExRunMailboxSettings;
        ends the command where they do not fit together.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # Reads and says what would change.
        [switch] $DryRun
    )

    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $members = @{}
        $scripts = @{}
        if ($Bound['Settings'] -is [scriptblock]) {
            Assert-InputScript -Cmdlet $Cmdlet
            $scripts['@settings'] = @{ Parameter = 'Settings'; Block = $Bound['Settings']; Reads = @(Find-InputMember -Block $Bound['Settings']) }
        } else {
            $settings = Join-MailboxSetting -Cmdlet $Cmdlet -Bound $Bound -Settings $Bound['Settings']
            if ($settings.Count -gt 0) { $members['settings'] = $settings }
            if (Test-DBNull -Value $settings -AllowNull:$Bound['AllowNull'] -Subject '-Settings') { $members['allowNull'] = $true }
        }
        if ($Bound['Restore'] -and $members.Count + $scripts.Count -gt 0) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'an undo file says itself what to set: give -Restore without settings')
        }
        # Objects may carry their own, as those of an undo file do; names do not.
        $onlyNames = $Bound.ContainsKey('Mailboxes') -and @($Bound['Mailboxes'] | Microsoft.PowerShell.Core\Where-Object { $_ -isnot [string] }).Count -eq 0
        if (($Bound['All'] -or $Bound['Group'] -or $onlyNames) -and $members.Count + $scripts.Count -eq 0) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'nothing was given to set: give -TimeZone, -Locale or another setting, or -Settings')
        }
        # An undo file has null of what nobody had set.
        if ($Bound['Restore']) { $members['allowNull'] = $true }
        if ($Bound['IfDifferent']) { $members['ifDifferent'] = $true }
        if ($DryRun) { $members['dryRun'] = $true }
        if ($Bound['Key']) { $members['key'] = $Bound['Key'] }
        if ($Bound['PlanFile']) {
            foreach ($name in 'Journal', 'UndoFile', 'Restore') {
                if ($Bound[$name]) {
                    Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message (
                        '-{0} does not go with -PlanFile: a plan is made in one go; its undo plan and its journal are of Invoke-ExRunPlan' -f $name))
                }
            }
            if (-not $DryRun) { $members['planFile'] = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['PlanFile'] }
        }
        if ($Bound['UndoFile'] -and -not $DryRun) { $members['undoFile'] = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['UndoFile'] }
        return @{
            Function    = 'exrun_mailbox_settings_apply'
            Members     = $members
            # What the objects of an undo file carry, and the key.
            InputMember = @(if ($scripts.Count -eq 0) { '@settings', '@allowNull', '@tenant' }) + @($members['key'] | Microsoft.PowerShell.Core\Where-Object { $_ })
            InputScript = $scripts
            Activity    = if ($DryRun -or $Bound['PlanFile']) { 'Comparing mailbox settings' } else { 'Changing mailbox settings' }
        }
    }
}
