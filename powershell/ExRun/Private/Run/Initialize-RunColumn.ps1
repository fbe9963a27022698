function Initialize-RunColumn {
    <#
    .SYNOPSIS
        Looks at the columns of a run's first entry, so that they need not be looked at for each. One that has none by
        which a mailbox is known ends the run: a file was read in the wrong way, and so would all that follow. Not where
        others of the same list have one: then it is an odd one among good ones, and an error of its own.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        [Parameter(Mandatory = $true)] [object] $Mailbox,
        # What was handed over together with it.
        [AllowNull()] [object] $Others
    )

    while ($Mailbox -is [System.Collections.IList] -and $Mailbox.Count -gt 0) { $Mailbox = $Mailbox[0] }
    if ($null -eq $Mailbox -or $Mailbox -is [System.Collections.IList]) { return }
    $Run.Columns = $script:IdentityMembers
    $value = $Mailbox.PSObject.BaseObject
    if ($value -is [string] -or $value -is [System.ValueType] -or $value -is [System.Net.Mail.MailAddress]) { return }

    $found = @(Find-MailboxColumn -InputObject $Mailbox)
    if ($found.Count -gt 0) {
        # Objects that come later may have other columns, of the plain names at least.
        $Run.Columns = @(foreach ($wanted in $script:IdentityMembers) {
                $wanted
                # Only the plain Identity is looked at for what it holds where names are handed over in bulk.
                if ($wanted -eq 'Identity') { continue }
                foreach ($name in $found) {
                    $isOther = -not [string]::Equals($name, $wanted, 'OrdinalIgnoreCase')
                    if ($isOther -and (Get-ColumnLetter -Name $name) -eq $wanted) { $name }
                }
            })
        return
    }
    foreach ($other in @($Others | Microsoft.PowerShell.Utility\Select-Object -First 100)) {
        if ($null -eq $other) { continue }
        if ($other.PSObject.BaseObject -is [string] -or @(Find-MailboxColumn -InputObject $other).Count -gt 0) { return }
    }
    $failure = New-ExRunException -Name 'InvalidArgument' -Message (Get-ColumnHelp -Name @(Get-ColumnName -InputObject $Mailbox))
    Close-Run -Run $Run -Outcome 'Failed'
    $Run.Cmdlet.ThrowTerminatingError((New-ErrorRecord -Cmdlet $Run.Cmdlet -Failure $failure))
}
